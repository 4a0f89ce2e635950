package org.amalgam.runner.schedule;

import java.util.Locale;

/** What became of a point in a run. The set is closed. */
public enum Verdict {
  /** The store already had the artifact, or an equal point of this run made it. */
  CACHED,
  /** Computed and published by this run. */
  RAN,
  /** Tried, and failed. */
  FAILED,
  /** Not tried: an input failed, or a file outside the store is missing. */
  BLOCKED,
  /** Stopped, or never started, because the run was cancelled. */
  CANCELLED;

  /** Whether the artifact is there. */
  public boolean hasArtifact() {
    return this == CACHED || this == RAN;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
