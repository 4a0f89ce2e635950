package org.amalgam.pipelines.recipe;

import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Scalars without quotes, as in the core schema of YAML 1.2 but for spelling variants: only {@code
 * true} and {@code false} are booleans, so that {@code no} stays text.
 */
final class PlainScalars {
  private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,30}");
  private static final Pattern FLOATING =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

  private PlainScalars() {}

  /** A String, Long, Double, Boolean or null. */
  static @Nullable Object read(String text) {
    switch (text) {
      case "", "~", "null" -> {
        return null;
      }
      case "true" -> {
        return true;
      }
      case "false" -> {
        return false;
      }
      case ".inf", "+.inf" -> {
        return Double.POSITIVE_INFINITY;
      }
      case "-.inf" -> {
        return Double.NEGATIVE_INFINITY;
      }
      case ".nan" -> {
        return Double.NaN;
      }
      default -> {
        return number(text);
      }
    }
  }

  private static Object number(String text) {
    if (WHOLE.matcher(text).matches()) {
      BigInteger whole = new BigInteger(text);
      return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole.doubleValue();
    }
    return FLOATING.matcher(text).matches() ? (Object) Double.parseDouble(text) : text;
  }
}
