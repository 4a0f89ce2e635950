package org.amalgam.stages.evaluation;

import org.amalgam.stages.tensor.RandomStream;

/**
 * Two models on the same examples: how often would a difference of means as large arise if neither
 * were better (Fisher's randomization test: the sign of each example's difference is a coin toss).
 *
 * @param difference the first model's mean minus the second's
 * @param interval of the difference, by the bootstrap over examples
 * @param probability of a difference as large in either direction, in (0, 1]
 */
public record PairedTest(double difference, Bootstrap.Interval interval, double probability) {
  private static final int TOSSES = 10_000;

  /**
   * Compares scores.
   *
   * @param first one score an example
   * @param second of the same examples in the same order
   */
  public static PairedTest of(double[] first, double[] second, long seed) {
    if (first.length != second.length || first.length == 0) {
      throw new IllegalArgumentException(
          "the models have "
              + first.length
              + " and "
              + second.length
              + " scores; a paired test needs the same examples for both, at least one");
    }
    double[] differences = new double[first.length];
    double sum = 0;
    for (int i = 0; i < first.length; i++) {
      differences[i] = first[i] - second[i];
      sum += differences[i];
    }
    int atLeast = 0;
    for (int t = 0; t < TOSSES; t++) {
      RandomStream random = RandomStream.of(seed, "signs", t);
      double tossed = 0;
      long bits = 0;
      for (int i = 0; i < differences.length; i++) {
        if (i % Long.SIZE == 0) {
          bits = random.nextLong();
        }
        tossed += (bits >>> i % Long.SIZE & 1) == 0 ? differences[i] : -differences[i];
      }
      // Sums in another order differ in the last bits; equal ones count as at least as large.
      atLeast += Math.abs(tossed) >= Math.abs(sum) - 1e-9 ? 1 : 0;
    }
    return new PairedTest(
        sum / first.length, Bootstrap.ofMean(differences, seed), (atLeast + 1.0) / (TOSSES + 1.0));
  }
}
