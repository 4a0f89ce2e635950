package org.amalgam.runner.progress;

import java.util.Locale;

/** Spans of time for people. */
public final class Elapsed {
  private Elapsed() {}

  /** {@code 0.4 s}, {@code 12 s}, {@code 3:07}, {@code 2:03:07} or {@code 3 d 4 h}. */
  public static String text(double seconds) {
    long whole = Math.round(seconds);
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    if (whole < 60) {
      return whole + " s";
    }
    if (whole >= 2 * 86_400) {
      return "%d d %d h".formatted(whole / 86_400, whole % 86_400 / 3600);
    }
    return clock(whole);
  }

  /** {@code 0:12}, {@code 3:07} or {@code 2:03:07}: of one width while it ticks. */
  static String clock(long seconds) {
    return seconds >= 3600
        ? "%d:%02d:%02d".formatted(seconds / 3600, seconds % 3600 / 60, seconds % 60)
        : "%d:%02d".formatted(seconds / 60, seconds % 60);
  }
}
