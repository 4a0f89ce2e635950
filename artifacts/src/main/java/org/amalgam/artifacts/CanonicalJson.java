package org.amalgam.artifacts;

import org.jspecify.annotations.Nullable;

/**
 * JSON with one spelling for each value: sorted keys, no white space, shortest numbers.
 *
 * <p>Values are {@code Map<String, ?>}, {@code List<?>}, {@code String}, {@code Boolean}, {@code
 * Long}, {@code Integer}, {@code Double} (finite) and null. A double that is a whole number keeps
 * its point ({@code 1.0}), so that a type change is a change.
 *
 * <p>The spelling follows RFC 8785 but for that point and for whole numbers of 64 bits: keys are
 * sorted by UTF-16 code unit; text is escaped only where JSON demands it; a double is the shortest
 * decimal that reads back as the same double, written as ECMAScript does ({@code 0.000001}, {@code
 * 1e-7}, {@code 1e+21}). Negative zero is written {@code 0.0}: it equals zero as a number. Nothing
 * depends on the locale or on the version of Java.
 */
public final class CanonicalJson {
  /** The deepest nesting that is written or read. */
  static final int MAX_DEPTH = 500;

  private CanonicalJson() {}

  /**
   * Writes a value in its only spelling.
   *
   * @throws IllegalArgumentException if a value is of another type, not finite, nested too deeply,
   *     or text with half a surrogate pair; the message says where in the value
   */
  public static String write(@Nullable Object value) {
    return new JsonWriter(false).write(value);
  }

  /** Writes a value for people: the same spelling of keys and numbers, on indented lines. */
  public static String writePretty(@Nullable Object value) {
    return new JsonWriter(true).write(value) + "\n";
  }

  /**
   * Reads a JSON text, strictly by RFC 8259. Whole numbers without point or exponent become {@code
   * Long}, others {@code Double}; maps are in the text's order, and maps and lists cannot be
   * changed.
   *
   * @throws IllegalArgumentException if the text is not JSON, with the offset. That includes
   *     duplicate keys, numbers that do not fit, half a surrogate pair, and the text {@code null}
   *     alone, which is nothing at all
   */
  public static Object parse(String text) {
    return new JsonParser(text).document();
  }
}
