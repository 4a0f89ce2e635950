package org.amalgam.stages.merging;

import java.io.IOException;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertLayout;

/**
 * How the experts of one place become one tensor. Implemented by records whose components are the
 * settings in a recipe; listed in {@link MergeMethods}.
 *
 * <p>What it makes may depend on nothing but its settings and the tensors: places are merged in any
 * order and by several threads.
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

  /** Whether it needs the mean squared gradients of the experts' weights. */
  default boolean usesFisher() {
    return false;
  }

  /**
   * Looks at headers only and tells how each place is merged.
   *
   * @throws StageFailure if an input lacks what is needed
   */
  PreparedMerge prepare(ExpertLayout layout, MergeInputs inputs) throws IOException, StageFailure;
}
