package org.amalgam.runner.progress;

import org.amalgam.runner.schedule.Verdict;

/** Colours, where they are welcome. */
record Style(boolean colour) {
  String bold(String text) {
    return wrapped("1", text);
  }

  String verdict(Verdict verdict, String text) {
    return switch (verdict) {
      case CACHED -> wrapped("2", text);
      case RAN -> wrapped("32", text);
      case FAILED -> wrapped("31;1", text);
      case BLOCKED -> wrapped("33", text);
      case CANCELLED -> wrapped("35", text);
    };
  }

  /** A bar of block characters, filled to a fraction in [0, 1]. */
  String bar(double fraction, int width) {
    int full = (int) Math.round(fraction * width);
    return wrapped("36", "█".repeat(full)) + wrapped("2", "░".repeat(width - full));
  }

  private String wrapped(String code, String text) {
    return colour && !text.isEmpty() ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
