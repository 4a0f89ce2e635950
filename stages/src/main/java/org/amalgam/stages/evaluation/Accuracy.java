package org.amalgam.stages.evaluation;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/** Sums the scores of examples, in all and by kind, and says how sure their means are. */
final class Accuracy {
  /** The key of resampling: the same scores have the same interval. */
  static final long SEED = 1;

  private final double[] scores;
  private int examples;
  private final SortedMap<String, double[]> kinds = new TreeMap<>();

  /**
   * @param most how many examples there will be
   */
  Accuracy(int most) {
    scores = new double[most];
  }

  /**
   * Adds an example.
   *
   * @param score 0 to 1
   */
  void add(String kind, double score) {
    scores[examples++] = score;
    double[] sums = kinds.computeIfAbsent(kind, key -> new double[2]);
    sums[0] += score;
    sums[1]++;
  }

  /** Accuracy, its interval and the number of examples; in percent. */
  SortedMap<String, Object> metrics(String task, String byKind) {
    double[] percent = Arrays.stream(scores, 0, examples).map(score -> 100 * score).toArray();
    SortedMap<String, Object> each = new TreeMap<>();
    kinds.forEach(
        (kind, sums) -> {
          SortedMap<String, Object> one = new TreeMap<>();
          one.put("accuracy", 100 * sums[0] / sums[1]);
          one.put("examples", (int) sums[1]);
          each.put(kind, one);
        });
    SortedMap<String, Object> metrics = new TreeMap<>();
    metrics.put("task", task);
    metrics.put("accuracy", Arrays.stream(percent).average().orElse(0));
    metrics.put("interval", Bootstrap.ofMean(percent, SEED).json());
    metrics.put("examples", examples);
    metrics.put(byKind, each);
    return metrics;
  }

  /** The place of the largest number; of equal ones the first. */
  static int best(float[] numbers) {
    int best = 0;
    for (int i = 1; i < numbers.length; i++) {
      if (numbers[i] > numbers[best]) {
        best = i;
      }
    }
    return best;
  }
}
