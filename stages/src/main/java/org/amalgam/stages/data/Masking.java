package org.amalgam.stages.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.amalgam.stages.tensor.RandomStream;

/**
 * Whole-word masking (facts of the released code, section 2.1): a share of the words is chosen; of
 * the chosen pieces 80 % become [MASK], 10 % a random piece and 10 % stay.
 *
 * @param share of the pieces, in (0, 1)
 * @param padded 0, or the length to which texts are padded before words are chosen. Then, as in the
 *     released code, the share is one of that length, padding may be chosen like a word, and
 *     choosing it hides nothing
 */
public record Masking(Tokenizer tokenizer, double share, int padded) {
  private static final double BECOMES_MASK = 0.8;
  private static final double BECOMES_RANDOM = 0.9;

  /** Masking of texts as they are: at least one piece of each is hidden. */
  public Masking(Tokenizer tokenizer, double share) {
    this(tokenizer, share, 0);
  }

  /** Masking as released, of texts that are padded first. */
  public static Masking ofPadded(Tokenizer tokenizer, double share, int length) {
    return new Masking(tokenizer, share, length);
  }

  /**
   * A text with words hidden.
   *
   * @param tokens what the model reads
   * @param positions where something is to be predicted, ascending
   */
  public record Masked(int[] tokens, int[] positions) {}

  /** Hides words of a text, by a stream of its own. */
  public Masked mask(int[] text, RandomStream random) {
    List<int[]> words = words(text);
    boolean[] chosen = new boolean[text.length];
    if (padded > 0) {
      choosePadded(words, text.length, chosen, random);
    } else {
      choose(words, (int) Math.round((text.length - 2) * share), chosen, random);
    }
    int[] tokens = text.clone();
    int[] positions = IntStream.range(0, text.length).filter(t -> chosen[t]).toArray();
    for (int t : positions) {
      tokens[t] = replacement(text[t], random);
    }
    return new Masked(tokens, positions);
  }

  private static void choose(List<int[]> words, int share, boolean[] chosen, RandomStream random) {
    int budget = Math.max(1, share);
    int covered = 0;
    for (int w : random.permutation(words.size())) {
      int[] word = words.get(w);
      boolean fits = covered + word[1] - word[0] <= budget;
      if (fits || covered == 0) {
        Arrays.fill(chosen, word[0], word[1], true);
        covered += word[1] - word[0];
      }
      if (covered >= budget) {
        break;
      }
    }
  }

  /** A word longer than what is left of the budget is passed over, even if it comes first. */
  private void choosePadded(List<int[]> words, int length, boolean[] chosen, RandomStream random) {
    int budget = Math.max(1, (int) Math.rint(padded * share));
    int candidates = words.size() + Math.max(0, padded - length);
    int covered = 0;
    for (int w : random.permutation(candidates)) {
      int pieces = w < words.size() ? words.get(w)[1] - words.get(w)[0] : 1;
      if (covered >= budget) {
        break;
      }
      if (covered + pieces > budget) {
        continue;
      }
      covered += pieces;
      if (w < words.size()) {
        Arrays.fill(chosen, words.get(w)[0], words.get(w)[1], true);
      }
    }
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
