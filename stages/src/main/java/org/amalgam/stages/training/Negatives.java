package org.amalgam.stages.training;

import org.amalgam.stages.tensor.RandomStream;

/** How the wrong partners of image-text matching are found in a batch. */
public enum Negatives {
  /** Sampled in proportion to exp(similarity), as the paper does: the harder the likelier. */
  HARD,
  /** Uniformly among pairs of the same source; narrow models learn matching this way in minutes. */
  RANDOM;

  /**
   * A wrong partner for one row: never itself, nor one that matches it.
   *
   * @param weights unnormalized probabilities of all candidates; matching ones are 0
   */
  static int draw(double[] weights, int self, RandomStream random) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    if (!(sum > 0)) {
      // Everything in the batch matches: any other row must do.
      return (self + 1 + random.nextInt(weights.length - 1)) % weights.length;
    }
    double left = random.nextDouble() * sum;
    int last = self;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        last = i;
        left -= weights[i];
        if (left < 0) {
          break;
        }
      }
    }
    return last;
  }
}
