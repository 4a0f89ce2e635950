package org.amalgam.stages.data;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;

/**
 * Questions about images, with soft targets: an answer scores 0, 0.3, 0.6, 0.9 or 1 when 0, 1, 2, 3
 * or more of ten annotators gave it (the VQA accuracy of Antol et al. 2015, in VQAv2's usual form).
 *
 * @param imageOf question i is about image {@code imageOf[i]}
 * @param texts one a question
 * @param types one a question: "count"
 * @param answerVocabulary the answers that can be given, by id
 * @param answers ids of the answers of question i that score above 0, ascending; may be empty
 * @param scores the scores of these answers
 * @param priors by type of question, and over all under "all": the mean score of always giving the
 *     one best answer (of each type); what knowing nothing of the image is worth
 */
@SuppressWarnings("ArrayRecordComponent") // read in the inner loop; not compared
public record QuestionSet(
    ImageSet images,
    int[] imageOf,
    List<String> texts,
    List<String> types,
    List<String> answerVocabulary,
    int[][] answers,
    float[][] scores,
    SortedMap<String, Double> priors) {
  private static final float[] SCORES = {0, 0.3f, 0.6f, 0.9f, 1};

  /** Number of questions. */
  public int size() {
    return texts.size();
  }

  /** The score, 0 to 1, of giving this answer to this question. */
  public float score(int question, int answer) {
    int at = Arrays.binarySearch(answers[question], answer);
    return at < 0 ? 0 : scores[question][at];
  }

  /**
   * Writes the soft target of a question: one score for each answer.
   *
   * @param into from {@code offset}, as many as the answer vocabulary has
   */
  public void target(int question, float[] into, int offset) {
    Arrays.fill(into, offset, offset + answerVocabulary.size(), 0);
    for (int i = 0; i < answers[question].length; i++) {
      into[offset + answers[question][i]] = scores[question][i];
    }
  }

  /**
   * The score of an answer.
   *
   * @param agreeing how many of ten annotators gave it
   */
  static float score(int agreeing) {
    return SCORES[Math.min(agreeing, SCORES.length - 1)];
  }
}
