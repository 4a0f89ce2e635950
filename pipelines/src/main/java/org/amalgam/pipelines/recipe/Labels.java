package org.amalgam.pipelines.recipe;

import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The one text of a scalar, for the names of points and inside longer texts: equal numbers have
 * equal labels however they are written ({@code 1}, {@code 1.0} and {@code 1e0} are all {@code 1}).
 */
public final class Labels {
  private static final double SMALLEST_PLAIN = 1e-6;
  private static final double LARGEST_PLAIN = 1e15;

  private Labels() {}

  public static String of(@Nullable Object value) {
    if (!(value instanceof Double number)) {
      return String.valueOf(value);
    }
    double size = Math.abs(number);
    if (number == Math.rint(number) && size < LARGEST_PLAIN) {
      return Long.toString((long) (double) number);
    }
    return size >= SMALLEST_PLAIN && size < LARGEST_PLAIN
        ? new BigDecimal(number.toString()).stripTrailingZeros().toPlainString()
        : number.toString().toLowerCase(Locale.ROOT).replace(".0e", "e");
  }

  /** The label of a scalar as somebody typed it: {@code 0.50} gives {@code 0.5}. */
  public static String ofTyped(String text) {
    return of(PlainScalars.read(text.strip()));
  }

  /** Whether a text can stand between the brackets of a point's name. */
  public static boolean isWellFormed(String label) {
    return !label.isBlank()
        && label.equals(label.strip())
        && !label.equals("*")
        && label.chars().noneMatch(c -> "[],={}$+".indexOf(c) >= 0 || Character.isISOControl(c));
  }
}
