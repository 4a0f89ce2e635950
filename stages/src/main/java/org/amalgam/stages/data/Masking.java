package org.amalgam.stages.data;

import java.util.ArrayList;
import java.util.List;
import org.amalgam.stages.tensor.RandomStream;

/**
 * Whole-word masking (facts of the released code, section 2.1): a share of the words is chosen; of
 * the chosen pieces 80 % become [MASK], 10 % a random piece and 10 % stay.
 *
 * @param share of the pieces, in (0, 1)
 */
public record Masking(Tokenizer tokenizer, double share) {
  private static final double BECOMES_MASK = 0.8;
  private static final double BECOMES_RANDOM = 0.9;

  /**
   * A text with words hidden.
   *
   * @param tokens what the model reads
   * @param positions where something is to be predicted, ascending; at least one
   */
  public record Masked(int[] tokens, int[] positions) {}

  /** Hides words of a text, by a stream of its own. */
  public Masked mask(int[] text, RandomStream random) {
    List<int[]> words = words(text);
    int budget = Math.max(1, (int) Math.round((text.length - 2) * share));
    boolean[] chosen = new boolean[text.length];
    int covered = 0;
    for (int w : random.permutation(words.size())) {
      int[] word = words.get(w);
      boolean fits = covered + word[1] - word[0] <= budget;
      if (fits || covered == 0) {
        for (int t = word[0]; t < word[1]; t++) {
          chosen[t] = true;
        }
        covered += word[1] - word[0];
      }
      if (covered >= budget) {
        break;
      }
    }
    int[] tokens = text.clone();
    int[] positions = new int[covered];
    int next = 0;
    for (int t = 0; t < text.length; t++) {
      if (chosen[t]) {
        positions[next++] = t;
        tokens[t] = replacement(text[t], random);
      }
    }
    return new Masked(tokens, positions);
  }

  private int replacement(int piece, RandomStream random) {
    double which = random.nextDouble();
    if (which < BECOMES_MASK) {
      return tokenizer.maskId();
    }
    return which < BECOMES_RANDOM ? random.nextInt(tokenizer.size()) : piece;
  }

  /** Words as [from, to) between [CLS] and [SEP]. */
  private List<int[]> words(int[] text) {
    List<int[]> words = new ArrayList<>();
    for (int t = 1; t < text.length - 1; t++) {
      if (words.isEmpty() || tokenizer.startsWord(text[t])) {
        words.add(new int[] {t, t + 1});
      } else {
        words.get(words.size() - 1)[1] = t + 1;
      }
    }
    return words;
  }
}
