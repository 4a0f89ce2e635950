package org.amalgam.stages.evaluation;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the words alone tell: naive Bayes over whole texts and single words, learned on the training
 * split without any image. A model that beats it has looked.
 */
final class WordBaseline {
  private final int[] classes;
  private final int total;
  private final SortedMap<String, int[]> words = new TreeMap<>();

  /**
   * Counts.
   *
   * @param labels the class of each text
   */
  WordBaseline(List<String> texts, int[] labels, int classes) {
    this.classes = new int[classes];
    this.total = texts.size();
    for (int i = 0; i < labels.length; i++) {
      this.classes[labels[i]]++;
      for (String each : features(texts.get(i))) {
        words.computeIfAbsent(each, key -> new int[classes])[labels[i]]++;
      }
    }
  }

  /** The likeliest class; of equal ones the first. */
  int predict(String text) {
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int label = 0; label < classes.length; label++) {
      double score = Math.log((classes[label] + 1.0) / (total + classes.length));
      for (String each : features(text)) {
        int[] seen = words.get(each);
        if (seen != null) {
          score += Math.log((seen[label] + 0.5) / (classes[label] + 1.0));
        }
      }
      if (score > highest) {
        highest = score;
        best = label;
      }
    }
    return best;
  }

  /** The words, and the text as one, each once. */
  private static SortedSet<String> features(String text) {
    SortedSet<String> features = new TreeSet<>(List.of(text.split(" ")));
    features.add(text);
    return features;
  }
}
