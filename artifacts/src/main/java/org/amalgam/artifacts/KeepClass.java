package org.amalgam.artifacts;

import java.util.Locale;

/** How long an artifact that some run used is worth its space. From the least to the most. */
public enum KeepClass {
  /** Not at all: a collection takes it at once. */
  SCRATCH,
  /** A step on the way: a collection takes it to get below a size. */
  INTERMEDIATE,
  /** A result: kept as long as there is a run that used it. */
  FINAL;

  /** The class of a name; what has none, or one of a later version, is {@link #FINAL}. */
  public static KeepClass of(String name) {
    for (KeepClass one : values()) {
      if (one.toString().equals(name)) {
        return one;
      }
    }
    return FINAL;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
