package org.amalgam.stages.data;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * BERT's uncased tokenizer: text is lower-cased, accents are taken off, words and punctuation marks
 * are split, and each word is cut greedily into the longest pieces of the vocabulary (WordPiece,
 * Devlin et al. 2019). Immutable.
 */
public final class Tokenizer {
  static final List<String> SPECIALS = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
  private static final int LONGEST_WORD = 100;

  private final List<String> pieces;
  private final Map<String, Integer> ids = new LinkedHashMap<>();
  private final int padId;
  private final int unkId;
  private final int clsId;
  private final int sepId;
  private final int maskId;

  /**
   * @param pieces by id, all different; continuations begin with ##
   * @throws IllegalArgumentException if a piece comes twice or a special one is missing
   */
  public Tokenizer(List<String> pieces) {
    this.pieces = List.copyOf(pieces);
    for (String piece : pieces) {
      Integer before = ids.put(piece, ids.size());
      if (before != null) {
        throw new IllegalArgumentException("vocabulary holds " + piece + " twice");
      }
    }
    padId = special("[PAD]");
    unkId = special("[UNK]");
    clsId = special("[CLS]");
    sepId = special("[SEP]");
    maskId = special("[MASK]");
  }

  private int special(String piece) {
    Integer id = ids.get(piece);
    if (id == null) {
      throw new IllegalArgumentException("vocabulary lacks " + piece);
    }
    return id;
  }

  /** Number of pieces. */
  public int size() {
    return pieces.size();
  }

  /** The pieces by id. */
  public List<String> pieces() {
    return pieces;
  }

  public int padId() {
    return padId;
  }

  public int unkId() {
    return unkId;
  }

  public int clsId() {
    return clsId;
  }

  public int sepId() {
    return sepId;
  }

  public int maskId() {
    return maskId;
  }

  /** Whether a piece begins a word, as neither continuations nor [CLS] and its like do. */
  public boolean startsWord(int id) {
    return !pieces.get(id).startsWith("##") && !isSpecial(id);
  }

  private boolean isSpecial(int id) {
    return id == padId || id == unkId || id == clsId || id == sepId || id == maskId;
  }

  /**
   * [CLS], the pieces of the text, [SEP]; what is too long is cut off before [SEP]. Not padded.
   *
   * @param maxLength at least 2
   */
  public int[] encode(String text, int maxLength) {
    List<Integer> found = new ArrayList<>();
    found.add(clsId);
    for (String word : words(text)) {
      cut(word, found);
    }
    List<Integer> kept = found.subList(0, Math.min(found.size(), maxLength - 1));
    int[] encoded = new int[kept.size() + 1];
    for (int i = 0; i < kept.size(); i++) {
      encoded[i] = kept.get(i);
    }
    encoded[kept.size()] = sepId;
    return encoded;
  }

  private void cut(String word, List<Integer> into) {
    int first = into.size();
    int begin = 0;
    while (begin < word.length()) {
      int end = word.codePointCount(0, word.length()) > LONGEST_WORD ? begin : word.length();
      Integer id = null;
      while (end > begin && id == null) {
        String piece = word.substring(begin, end);
        id = ids.get(begin == 0 ? piece : "##" + piece);
        end -= id == null ? 1 : 0;
      }
      if (id == null) {
        into.subList(first, into.size()).clear();
        into.add(unkId);
        return;
      }
      into.add(id);
      begin = end;
    }
  }

  /** Words and punctuation marks, lower-cased, without accents and control characters. */
  static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    String plain = Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
    plain
        .codePoints()
        .forEach(
            point -> {
              if (Character.isWhitespace(point) || Character.isSpaceChar(point)) {
                finish(word, words);
              } else if (isPunctuation(point) || Character.isIdeographic(point)) {
                finish(word, words);
                words.add(Character.toString(point));
              } else if (!isDropped(point)) {
                word.appendCodePoint(point);
              }
            });
    finish(word, words);
    return words;
  }

  private static void finish(StringBuilder word, List<String> words) {
    if (word.length() > 0) {
      words.add(word.toString());
      word.setLength(0);
    }
  }

  private static boolean isDropped(int point) {
    int type = Character.getType(point);
    return point == 0xFFFD
        || type == Character.NON_SPACING_MARK
        || type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.PRIVATE_USE
        || type == Character.SURROGATE
        || type == Character.UNASSIGNED;
  }

  /** As BERT does, every ASCII mark counts, even those that Unicode calls symbols. */
  private static boolean isPunctuation(int point) {
    if (point < 128) {
      return point > 32 && point < 127 && !Character.isLetterOrDigit(point);
    }
    int type = Character.getType(point);
    return type == Character.CONNECTOR_PUNCTUATION
        || type == Character.DASH_PUNCTUATION
        || type == Character.START_PUNCTUATION
        || type == Character.END_PUNCTUATION
        || type == Character.INITIAL_QUOTE_PUNCTUATION
        || type == Character.FINAL_QUOTE_PUNCTUATION
        || type == Character.OTHER_PUNCTUATION;
  }
}
