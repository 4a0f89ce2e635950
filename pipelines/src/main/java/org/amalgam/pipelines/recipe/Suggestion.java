package org.amalgam.pipelines.recipe;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What somebody who mistyped a name probably meant. */
public final class Suggestion {
  private static final int LISTED = 12;

  private Suggestion() {}

  /**
   * {@code did you mean alpha?}, or else what there is.
   *
   * @param what the plural of what is named, such as "settings"
   */
  public static String among(String typed, Collection<String> names, String what) {
    String nearest = nearest(typed, names);
    if (nearest != null) {
      return "did you mean " + nearest + "?";
    }
    if (names.isEmpty()) {
      return "there are no " + what;
    }
    List<String> listed = new ArrayList<>(names).subList(0, Math.min(LISTED, names.size()));
    return what + ": " + String.join(", ", listed) + (listed.size() < names.size() ? ", ..." : "");
  }

  /** The nearest name, if it is near enough to be a slip; the first of equally near ones. */
  static @Nullable String nearest(String typed, Collection<String> names) {
    String best = null;
    // Of one or two letters every other name would be a slip.
    int least = typed.length() < 3 ? 1 : Math.max(1, typed.length() / 3) + 1;
    for (String name : names) {
      // Whoever typed no path may have meant the end of one.
      String end = typed.indexOf('.') < 0 ? name.substring(name.lastIndexOf('.') + 1) : name;
      int distance = distance(typed.toLowerCase(Locale.ROOT), end.toLowerCase(Locale.ROOT), least);
      if (distance < least) {
        least = distance;
        best = name;
      }
    }
    return best;
  }

  /** Edits (insert, delete, replace, swap neighbours) from one text to the other, up to a limit. */
  static int distance(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) >= limit) {
      return limit;
    }
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        edits[i][j] = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
        }
      }
    }
    return edits[a.length()][b.length()];
  }
}
