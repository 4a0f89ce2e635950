package org.amalgam.stages.training;

import ai.djl.ndarray.NDManager;
import org.amalgam.stages.model.Transformer;

/**
 * What is minimised. A step has two halves: what it reads is prepared in memory, ahead of time and
 * on a thread of its own; its losses are then computed on the device.
 *
 * @param <P> what a step reads: pixels, tokens, masks and targets
 */
interface Objective<P> extends AutoCloseable {
  /**
   * Draws and decodes what a step reads; the same for the same step, whatever was prepared before.
   * Calls never overlap, but come from another thread than those of {@link #losses}, and touch no
   * device.
   *
   * @param step from 0
   */
  P prepare(int step);

  /**
   * The losses of a step.
   *
   * @param scope of the step; everything made belongs to it
   * @param prepared by {@link #prepare} for this step
   */
  Losses losses(Transformer.Pass pass, NDManager scope, P prepared);

  @Override
  void close();
}
