package org.amalgam.stages.training;

import ai.djl.ndarray.NDManager;
import org.amalgam.stages.model.Transformer;

/** What is minimised: draws the batch of a step and computes its losses. */
interface Objective extends AutoCloseable {
  /**
   * The losses of a step; the same for the same step, whatever ran before.
   *
   * @param step from 0
   * @param manager of the step; everything made belongs to it
   */
  Losses losses(Transformer.Pass pass, NDManager manager, int step);

  @Override
  void close();
}
