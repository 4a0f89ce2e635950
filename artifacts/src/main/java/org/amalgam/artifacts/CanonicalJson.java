package org.amalgam.artifacts;

/**
 * JSON with one spelling for each value: sorted keys, no white space, shortest numbers.
 *
 * <p>Values are {@code Map<String, ?>}, {@code List<?>}, {@code String}, {@code Boolean}, {@code
 * Long}, {@code Integer}, {@code Double} (finite) and null. A double that is a whole number keeps
 * its point ({@code 1.0}), so that a type change is a change.
 */
public final class CanonicalJson {
  private CanonicalJson() {}

  /** Writes a value in its only spelling. */
  public static String write(Object value) {
    throw new UnsupportedOperationException("STUB");
  }

  /**
   * Reads any JSON text. Whole numbers without point become {@code Long}, others {@code Double}.
   *
   * @throws IllegalArgumentException if the text is not JSON, with the offset
   */
  public static Object parse(String text) {
    throw new UnsupportedOperationException("STUB");
  }
}
