package org.amalgam.runner.report;

import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * A mean with its 95 % interval by Student's t: {@code mean ± t(0.975, n - 1) s / sqrt(n)}, s the
 * sample standard deviation. It says how much the replicates (seeds) vary, not the test examples.
 *
 * @param low lower end; that of a single value is minus infinity, since nothing is known of it
 * @param high upper end; that of a single value is infinity
 * @param n how many values
 */
public record Interval(double mean, double low, double high, int n) {
  private static final double TAIL = 0.025;

  /**
   * The interval of the mean of some values.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static Interval of(List<Double> values) {
    int n = values.size();
    double mean =
        values.stream()
            .mapToDouble(v -> v)
            .average()
            .orElseThrow(() -> new IllegalArgumentException("no values"));
    if (n < 2) {
      return new Interval(mean, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, n);
    }
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    double error = Math.sqrt(squares / (n - 1) / n);
    double half = TDistribution.of(n - 1).inverseSurvivalProbability(TAIL) * error;
    return new Interval(mean, mean - half, mean + half, n);
  }

  /** Whether its ends are known. */
  public boolean isBounded() {
    return n > 1;
  }

  /** The lower end; null where there is no interval or it is not known. */
  static @Nullable Double low(@Nullable Interval interval) {
    return interval == null || !interval.isBounded() ? null : (Double) interval.low;
  }

  /** The upper end; null where there is no interval or it is not known. */
  static @Nullable Double high(@Nullable Interval interval) {
    return interval == null || !interval.isBounded() ? null : (Double) interval.high;
  }

  /** Half of its width. */
  public double half() {
    return (high - low) / 2;
  }

  /** {@code +6.81 [+5.20, +8.42]}; of a single value only the value. */
  public String signed() {
    return isBounded()
        ? String.format(Locale.ROOT, "%+.2f [%+.2f, %+.2f]", mean, low, high)
        : String.format(Locale.ROOT, "%+.2f", mean);
  }
}
