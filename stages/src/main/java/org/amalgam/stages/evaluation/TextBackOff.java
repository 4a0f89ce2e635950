package org.amalgam.stages.evaluation;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.data.QuestionSet;

/**
 * What the question alone tells: the answer that scored best in the training split for the same
 * question; for one that is new, for its first two words, or its first; else over all.
 */
final class TextBackOff {
  private final SortedMap<String, Integer> best = new TreeMap<>();

  TextBackOff(QuestionSet training) {
    this(training.texts(), training.answers(), training.scores());
  }

  /**
   * Sums up.
   *
   * @param answers of each question
   * @param scored of these answers
   */
  TextBackOff(List<String> texts, int[][] answers, float[][] scored) {
    SortedMap<String, SortedMap<Integer, Double>> scores = new TreeMap<>();
    for (int i = 0; i < texts.size(); i++) {
      for (String context : contexts(texts.get(i))) {
        SortedMap<Integer, Double> sums = scores.computeIfAbsent(context, key -> new TreeMap<>());
        for (int a = 0; a < answers[i].length; a++) {
          sums.merge(answers[i][a], (double) scored[i][a], Double::sum);
        }
      }
    }
    scores.forEach((context, sums) -> best.put(context, likeliest(sums)));
  }

  /** The answer to give; 0 where nothing is known. */
  int predict(String question) {
    for (String context : contexts(question)) {
      Integer answer = best.get(context);
      if (answer != null) {
        return answer;
      }
    }
    return 0;
  }

  /** The answer of the largest sum; of equal ones the first. */
  private static int likeliest(SortedMap<Integer, Double> sums) {
    int best = 0;
    double most = -1;
    for (Map.Entry<Integer, Double> each : sums.entrySet()) {
      if (each.getValue() > most) {
        most = each.getValue();
        best = each.getKey();
      }
    }
    return best;
  }

  /** From the whole question to nothing. */
  private static List<String> contexts(String question) {
    String[] words = question.split(" ");
    String first = words[0] + " *";
    return List.of(
        question, words.length > 1 ? words[0] + " " + words[1] + " *" : first, first, "*");
  }
}
