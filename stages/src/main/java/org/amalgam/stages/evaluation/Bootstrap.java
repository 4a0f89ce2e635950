package org.amalgam.stages.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.tensor.RandomStream;

/**
 * What the choice of the test examples alone makes uncertain (Efron's percentile bootstrap): scores
 * are drawn again with replacement.
 */
public final class Bootstrap {
  private static final int RESAMPLES = 1_000;
  private static final double LEVEL = 0.95;

  private Bootstrap() {}

  /**
   * A 95 % interval.
   *
   * @param low its lower end
   * @param high its upper end
   */
  public record Interval(double low, double high) {
    SortedMap<String, Object> json() {
      SortedMap<String, Object> json = new TreeMap<>();
      json.put("low", low);
      json.put("high", high);
      return json;
    }
  }

  /** Of the mean of scores. */
  public static Interval ofMean(double[] scores, long seed) {
    return ofMeans(List.of(scores), seed);
  }

  /**
   * Of the mean of the means of several samples, each of which is drawn again by itself.
   *
   * @param samples none of them empty
   */
  public static Interval ofMeans(List<double[]> samples, long seed) {
    double[] means = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      for (int s = 0; s < samples.size(); s++) {
        double[] scores = samples.get(s);
        RandomStream random = RandomStream.of(seed, "bootstrap", i, s);
        double sum = 0;
        for (int k = 0; k < scores.length; k++) {
          sum += scores[random.nextInt(scores.length)];
        }
        means[i] += sum / scores.length / samples.size();
      }
    }
    Arrays.sort(means);
    return new Interval(quantile(means, (1 - LEVEL) / 2), quantile(means, 1 - (1 - LEVEL) / 2));
  }

  /** Linear between the order statistics. */
  static double quantile(double[] sorted, double share) {
    double position = share * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
