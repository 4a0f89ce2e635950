package org.amalgam.stages.merging;

import java.io.IOException;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertSlot;

/**
 * How the experts of one place become one tensor. Implemented by records whose components are the
 * settings in a recipe; listed in {@link MergeMethods}.
 *
 * <p>A method sees one place at a time and is called by several threads at once: its result may
 * depend on nothing but its settings and the tensors.
 */
public interface MergeMethod {
  /** Whether it needs the weights from which the experts were trained, W0. */
  default boolean usesOrigin() {
    return false;
  }

  /** Whether it needs the Gram matrices of the inputs of linear layers. */
  default boolean usesGrams() {
    return false;
  }

  /**
   * The tensor that takes the place of the experts, row-major.
   *
   * @throws StageFailure if an input lacks what is needed here
   */
  float[] merge(ExpertSlot slot, MergeInputs inputs) throws IOException, StageFailure;
}
