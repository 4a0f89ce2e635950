package org.amalgam.stages.correlation;

import java.util.Arrays;
import org.amalgam.stages.tensor.RandomStream;

/**
 * A product-moment coefficient and its permutation test (Fisher 1935; Pitman 1937): how often would
 * it be as large, either way, if the second numbers were dealt to the points at random?
 *
 * @param value from -1 to 1
 * @param probability p, two-sided, above 0. Over all n! orders up to 8 points, beyond over 10 000
 *     drawn ones and the one at hand
 * @param leastProbability the smallest p that any order of these numbers could have
 */
public record Coefficient(double value, double probability, double leastProbability) {
  private static final int MOST_ENUMERATED = 8;
  private static final int DRAWN = 10_000;

  /** The draws are the same for everyone: a p is part of no study's chance. */
  private static final long SEED = 1;

  /** Sums in another order differ in the last bits; equal ones count as at least as large. */
  private static final double TOLERANCE = 1e-12;

  static Coefficient of(double[] x, double[] y) {
    double[] a = standardized(x);
    double[] b = standardized(y);
    double value = dot(a, b);
    Tally tally = new Tally(a, Math.abs(value) - TOLERANCE);
    if (a.length <= MOST_ENUMERATED) {
      tally.enumerate(b, 0);
      return new Coefficient(
          value, (double) tally.atLeast / tally.orders, (double) tally.largest / tally.orders);
    }
    for (int draw = 0; draw < DRAWN; draw++) {
      RandomStream random = RandomStream.of(SEED, "orders", draw);
      double[] dealt = b.clone();
      for (int i = dealt.length - 1; i > 0; i--) {
        swap(dealt, i, random.nextInt(i + 1));
      }
      tally.count(dealt);
    }
    return new Coefficient(value, (tally.atLeast + 1.0) / (DRAWN + 1.0), 1.0 / (DRAWN + 1.0));
  }

  /** Mean 0 and Euclidean norm 1, so that the coefficient is the inner product. */
  private static double[] standardized(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double[] centred = Arrays.stream(values).map(value -> value - mean).toArray();
    double norm = Math.sqrt(dot(centred, centred));
    return Arrays.stream(centred).map(value -> value / norm).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void swap(double[] values, int i, int j) {
    double kept = values[i];
    values[i] = values[j];
    values[j] = kept;
  }

  /** Counts orders. */
  private static final class Tally {
    private final double[] x;
    private final double least;
    private long orders;
    private long atLeast;
    private double most;
    private long largest;

    Tally(double[] x, double least) {
      this.x = x;
      this.least = least;
    }

    /** All orders of what stands from {@code from} on. */
    void enumerate(double[] y, int from) {
      if (from == y.length - 1) {
        count(y);
        return;
      }
      for (int i = from; i < y.length; i++) {
        swap(y, from, i);
        enumerate(y, from + 1);
        swap(y, from, i);
      }
    }

    void count(double[] y) {
      double size = Math.abs(dot(x, y));
      orders++;
      atLeast += size >= least ? 1 : 0;
      if (size > most + TOLERANCE) {
        most = size;
        largest = 1;
      } else if (size >= most - TOLERANCE) {
        largest++;
      }
    }
  }
}
