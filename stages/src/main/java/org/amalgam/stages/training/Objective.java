package org.amalgam.stages.training;

import ai.djl.ndarray.NDManager;
import org.amalgam.stages.model.Transformer;

/**
 * What is minimised. A step has one or more parts, its micro-batches, and each part two halves:
 * what it reads is prepared in memory, ahead of time and on a thread of its own; its losses are
 * then computed on the device.
 *
 * @param <P> what a part of a step reads: pixels, tokens, masks and targets
 */
interface Objective<P> extends AutoCloseable {
  /**
   * Draws and decodes what a part of a step reads; the same for the same part, whatever was
   * prepared before. Calls never overlap, but come from another thread than those of {@link
   * #losses}, and touch no device.
   *
   * @param step from 0
   * @param part micro-batch of the step, from 0
   */
  P prepare(int step, int part);

  /**
   * The losses of a part of a step, such that their mean over all parts is the loss of the step.
   *
   * @param scope of the part; everything made belongs to it
   * @param prepared by {@link #prepare} for this step
   */
  Losses losses(Transformer.Pass pass, NDManager scope, P prepared);

  @Override
  void close();
}
