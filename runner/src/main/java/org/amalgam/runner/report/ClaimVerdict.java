package org.amalgam.runner.report;

import java.util.Locale;

/** What the numbers say of a claim. */
public enum ClaimVerdict {
  /** Every interval is on the claim's side. */
  HOLDS,
  /** At least one interval is on the other side. */
  DOES_NOT_HOLD,
  /** An interval crosses the line, or there is one replicate and hence no interval. */
  UNDECIDED,
  /** A number is missing. */
  NOT_MEASURED;

  /** In words. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The name of its style on the page. */
  public String style() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The verdict on an interval that must be wholly above a line. */
  static ClaimVerdict above(Interval interval, double line) {
    return interval.low() > line ? HOLDS : interval.high() < line ? DOES_NOT_HOLD : UNDECIDED;
  }

  /** The verdict on an interval that must be wholly within a distance from 0. */
  static ClaimVerdict within(Interval interval, double distance) {
    if (interval.low() > -distance && interval.high() < distance) {
      return HOLDS;
    }
    boolean outside = interval.low() > distance || interval.high() < -distance;
    return outside ? DOES_NOT_HOLD : UNDECIDED;
  }

  /** Of statements that must all hold: one that does not decides; what is missing comes before. */
  ClaimVerdict and(ClaimVerdict other) {
    for (ClaimVerdict worst : new ClaimVerdict[] {DOES_NOT_HOLD, NOT_MEASURED, UNDECIDED}) {
      if (this == worst || other == worst) {
        return worst;
      }
    }
    return HOLDS;
  }
}
