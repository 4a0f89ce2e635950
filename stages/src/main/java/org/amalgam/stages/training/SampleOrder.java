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
  private long epochAtHand = -1;
  private int[] order = {};

  SampleOrder(long seed, int pass, int samples, int batch) {
    this.seed = seed;
    this.pass = pass;
    this.samples = samples;
    this.batch = batch;
  }

  /** The sample indices of a step. */
  int[] of(int step) {
    int[] chosen = new int[batch];
    for (int i = 0; i < batch; i++) {
      long position = (long) step * batch + i;
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
