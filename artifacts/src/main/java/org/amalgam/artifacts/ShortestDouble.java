package org.amalgam.artifacts;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * The shortest decimal that reads back as the same double.
 *
 * <p>{@link Double#toString} is not used: before Java 19 it sometimes gives a digit too many
 * (JDK-4511638), so that keys would differ between versions of Java.
 */
final class ShortestDouble {
  private static final int ENOUGH_DIGITS = 17;
  private static final RoundingMode[] NEAREST_FIRST = {
    RoundingMode.HALF_EVEN, RoundingMode.DOWN, RoundingMode.UP
  };

  private ShortestDouble() {}

  /** Written as ECMAScript does, but always with a point or an exponent. */
  static String text(double x) {
    if (x == 0) {
      return "0.0";
    }
    BigDecimal shortest = shortest(Math.abs(x)).stripTrailingZeros();
    String digits = shortest.unscaledValue().toString();
    String sign = x < 0 ? "-" : "";
    // The value is 0.digits * 10^point.
    int point = digits.length() - shortest.scale();
    if (point > 21 || point < -5) {
      String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
      String exponent = (point > 0 ? "e+" : "e-") + Math.abs(point - 1);
      return sign + digits.charAt(0) + fraction + exponent;
    }
    if (point <= 0) {
      return sign + "0." + "0".repeat(-point) + digits;
    }
    if (point >= digits.length()) {
      return sign + digits + "0".repeat(point - digits.length()) + ".0";
    }
    return sign + digits.substring(0, point) + "." + digits.substring(point);
  }

  private static BigDecimal shortest(double x) {
    BigDecimal exact = new BigDecimal(x);
    int low = 1;
    int high = ENOUGH_DIGITS;
    // If some decimal of n digits reads back, so does one of n + 1.
    while (low < high) {
      int middle = (low + high) / 2;
      if (rounded(exact, x, middle).isPresent()) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return rounded(exact, x, low).orElseThrow();
  }

  /**
   * The neighbour of that many digits which reads back as x. Next to a power of two the nearer
   * neighbour may belong to another double while the farther one does not.
   */
  private static Optional<BigDecimal> rounded(BigDecimal exact, double x, int digits) {
    for (RoundingMode mode : NEAREST_FIRST) {
      BigDecimal candidate = exact.round(new MathContext(digits, mode));
      if (candidate.doubleValue() == x) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
