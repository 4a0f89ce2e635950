package org.amalgam.stages.correlation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.statistics.ranking.NaturalRanking;
import org.apache.commons.statistics.ranking.TiesStrategy;

/**
 * How two numbers go together over several points.
 *
 * @param points how many, n
 * @param pearson of the numbers themselves
 * @param spearman of their ranks; equal numbers share the mean of their ranks
 */
public record Correlation(int points, Coefficient pearson, Coefficient spearman) {
  /** Below this many points there is no coefficient other than 1 and -1. */
  public static final int LEAST_POINTS = 3;

  /** From this on a smallest attainable p is worth a warning. */
  private static final double WORTH_A_WARNING = 0.01;

  /**
   * Correlates; empty if one of the numbers is the same at all points, since then no coefficient is
   * defined.
   *
   * @param x finite, at least {@value #LEAST_POINTS}
   * @param y as many
   */
  public static Optional<Correlation> of(double[] x, double[] y) {
    if (x.length != y.length || x.length < LEAST_POINTS) {
      throw new IllegalArgumentException(
          "%d and %d numbers; correlations need as many of both, at least %d"
              .formatted(x.length, y.length, LEAST_POINTS));
    }
    if (isConstant(x) || isConstant(y)) {
      return Optional.empty();
    }
    return Optional.of(
        new Correlation(x.length, Coefficient.of(x, y), Coefficient.of(ranks(x), ranks(y))));
  }

  private static boolean isConstant(double[] values) {
    return Arrays.stream(values).allMatch(value -> value == values[0]);
  }

  private static double[] ranks(double[] values) {
    return new NaturalRanking(TiesStrategy.AVERAGE).apply(values);
  }

  /** What so few points cannot show; empty where they are enough. */
  public Optional<String> warning() {
    if (Math.max(pearson.leastProbability(), spearman.leastProbability()) < WORTH_A_WARNING) {
      return Optional.empty();
    }
    return Optional.of(
        "with %d points no p can be below %s (Pearson) or %s (Spearman): take coefficients as a description of these points"
            .formatted(
                points, text(pearson.leastProbability()), text(spearman.leastProbability())));
  }

  private static String text(double probability) {
    return String.format(Locale.ROOT, "%.4f", probability);
  }
}
