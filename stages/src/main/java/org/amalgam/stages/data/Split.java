package org.amalgam.stages.data;

import java.util.Locale;

/** A part of the data: to train on, to choose settings by, or to report. */
public enum Split {
  TRAIN,
  VAL,
  TEST;

  /** The name in files: "train". */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
