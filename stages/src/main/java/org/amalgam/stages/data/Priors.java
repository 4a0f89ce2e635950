package org.amalgam.stages.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What always giving one answer to a type of question is worth. */
final class Priors {
  private static final String ALL = "all";

  private Priors() {}

  /** Mean scores by split and type; "all" gives the best answer of each type. */
  static SortedMap<String, SortedMap<String, Double>> bySplit(
      List<CorpusDraft.Question> questions) {
    SortedMap<String, SortedMap<String, Double>> priors = new TreeMap<>();
    for (Split split : Split.values()) {
      List<CorpusDraft.Question> chosen = new ArrayList<>();
      for (CorpusDraft.Question question : questions) {
        if (question.split() == split) {
          chosen.add(question);
        }
      }
      if (!chosen.isEmpty()) {
        priors.put(split.label(), byType(chosen));
      }
    }
    return priors;
  }

  private static SortedMap<String, Double> byType(List<CorpusDraft.Question> questions) {
    SortedMap<String, SortedMap<Integer, Double>> sums = new TreeMap<>();
    SortedMap<String, Integer> counts = new TreeMap<>();
    for (CorpusDraft.Question question : questions) {
      counts.merge(question.type(), 1, Integer::sum);
      SortedMap<Integer, Double> scores =
          sums.computeIfAbsent(question.type(), type -> new TreeMap<>());
      question
          .answers()
          .forEach((id, agreeing) -> scores.merge(id, (double) score(agreeing), Double::sum));
    }
    SortedMap<String, Double> priors = new TreeMap<>();
    double all = 0;
    for (Map.Entry<String, SortedMap<Integer, Double>> entry : sums.entrySet()) {
      double best = entry.getValue().values().stream().mapToDouble(x -> x).max().orElse(0);
      priors.put(entry.getKey(), best / counts.getOrDefault(entry.getKey(), 1));
      all += best;
    }
    priors.put(ALL, all / questions.size());
    return priors;
  }

  private static float score(int agreeing) {
    return QuestionSet.score(agreeing);
  }
}
