package org.amalgam.runner.progress;

import java.util.Locale;

/** Amounts of data for people. */
public final class Bytes {
  private static final String[] UNITS = {"kB", "MB", "GB", "TB"};

  private Bytes() {}

  /** {@code 512 B}, {@code 3.4 MB}, {@code 120 GB}: decimal units, two or three digits. */
  public static String text(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, value < 9.95 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
  }
}
