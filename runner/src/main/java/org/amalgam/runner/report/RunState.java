package org.amalgam.runner.report;

import java.util.Locale;

/** Where a run is. */
public enum RunState {
  /** Its process is at work. */
  RUNNING,
  /** Its process is gone without a word: it was killed, or the machine went down. */
  CUT_OFF,
  /** It came to its end, well or not. */
  ENDED;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
