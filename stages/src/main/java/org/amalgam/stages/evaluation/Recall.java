package org.amalgam.stages.evaluation;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Recall at k: the share of queries with a right answer among the k best (facts, section 4.2). */
final class Recall {
  private Recall() {}

  /**
   * The rank of the best right answer, from 1; answers that score the same as a right one count as
   * better, so that a constant model gains nothing by the order of its answers.
   *
   * @param scores of all answers
   */
  static int rank(float[] scores, java.util.function.IntPredicate right) {
    int best = -1;
    for (int i = 0; i < scores.length; i++) {
      if (right.test(i) && (best < 0 || scores[i] > scores[best])) {
        best = i;
      }
    }
    int rank = 1;
    for (int i = 0; i < scores.length; i++) {
      if (!right.test(i) && scores[i] >= scores[best]) {
        rank++;
      }
    }
    return rank;
  }

  /** The recall of these ranks, in percent. */
  static RecallAtK of(int[] ranks) {
    return RecallAtK.of(
        k ->
            100.0
                * java.util.Arrays.stream(ranks).filter(rank -> rank <= k).count()
                / ranks.length);
  }

  /** What each query adds to the mean of the recalls at 1, 5 and 10, in percent. */
  static double[] scores(int[] ranks) {
    return java.util.Arrays.stream(ranks)
        .mapToDouble(
            rank -> 100.0 * ((rank <= 1 ? 1 : 0) + (rank <= 5 ? 1 : 0) + (rank <= 10 ? 1 : 0)) / 3)
        .toArray();
  }

  /**
   * What guessing gives, in percent: of {@code answers}, {@code right} are right for each query.
   */
  static RecallAtK chance(int answers, double right) {
    return RecallAtK.of(
        k -> {
          double miss = 1;
          for (int i = 0; i < Math.min(k, answers); i++) {
            miss *= Math.max(0, answers - right - i) / (answers - i);
          }
          return 100 * (1 - miss);
        });
  }

  /** In percent: at 1, 5 and 10, and the mean of the three, which the paper's tables print. */
  record RecallAtK(double at1, double at5, double at10) {
    private static RecallAtK of(java.util.function.IntToDoubleFunction at) {
      return new RecallAtK(at.applyAsDouble(1), at.applyAsDouble(5), at.applyAsDouble(10));
    }

    double mean() {
      return (at1 + at5 + at10) / 3;
    }

    SortedMap<String, Object> json() {
      return new TreeMap<>(Map.of("at-1", at1, "at-5", at5, "at-10", at10, "mean", mean()));
    }
  }
}
