package org.amalgam.runner.settings;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How progress is shown. */
public enum ProgressStyle {
  /** Live on a terminal, plain elsewhere. */
  AUTO,
  /** A part of the screen that is redrawn. */
  LIVE,
  /** Lines. */
  PLAIN,
  /** Not at all. */
  NONE;

  static Optional<ProgressStyle> of(String name) {
    return Arrays.stream(values())
        .filter(style -> style.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst();
  }
}
