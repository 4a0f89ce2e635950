package org.amalgam.stages.training;

import org.amalgam.stages.tensor.RandomStream;

/**
 * Which samples a step reads: every sample once an epoch, in an order keyed by the epoch. Steps run
 * across the ends of epochs, so that every batch is full.
 */
final class SampleOrder {
  private final long seed;
  private final int pass;
  private final int samples;
  private final int batch;
  private final int parts;
  private long epochAtHand = -1;
  private int[] order = {};

  /**
   * An order.
   *
   * @param pass which one of a seed
   * @param batch samples of a step
   * @param parts into how many equal parts a step's samples are cut
   */
  SampleOrder(long seed, int pass, int samples, int batch, int parts) {
    this.seed = seed;
    this.pass = pass;
    this.samples = samples;
    this.batch = batch;
    this.parts = parts;
  }

  /** The place in its step of the first sample of a part. */
  int first(int part) {
    return part * (batch / parts);
  }

  /** The sample indices of a part of a step. */
  int[] of(int step, int part) {
    int[] chosen = new int[batch / parts];
    for (int i = 0; i < chosen.length; i++) {
      long position = (long) step * batch + first(part) + i;
      chosen[i] = epoch(position / samples)[(int) (position % samples)];
    }
    return chosen;
  }

  private int[] epoch(long epoch) {
    if (epoch != epochAtHand) {
      order = RandomStream.of(seed, "order", pass, epoch).permutation(samples);
      epochAtHand = epoch;
    }
    return order;
  }
}
