package org.amalgam.stages.data.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.amalgam.stages.tensor.RandomStream;

/** Texts that people wrote about single pictures: names and keywords of Unicode CLDR. */
public final class AltText {
  private static final int MOST_KEYWORDS = 5;

  private AltText() {}

  /**
   * "guitar", or "instrument , music , strat", or both, by turns.
   *
   * @param turn 0, 1 or 2
   * @param fits whether a text is short enough; keywords are left out until it is
   */
  public static String of(Emoji emoji, int turn, Predicate<String> fits, RandomStream random) {
    List<String> parts = new ArrayList<>();
    if (turn != 1) {
      parts.add(emoji.name().toLowerCase(Locale.ROOT));
    }
    if (turn != 0) {
      for (int i : random.permutation(emoji.keywords().size())) {
        String keyword = emoji.keywords().get(i).toLowerCase(Locale.ROOT);
        if (parts.size() < MOST_KEYWORDS && !parts.contains(keyword)) {
          parts.add(keyword);
        }
      }
    }
    while (parts.size() > 1 && !fits.test(String.join(" , ", parts))) {
      parts.remove(parts.size() - 1);
    }
    return String.join(" , ", parts);
  }
}
