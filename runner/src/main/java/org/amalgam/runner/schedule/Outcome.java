package org.amalgam.runner.schedule;

import java.nio.file.Path;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.jspecify.annotations.Nullable;

/**
 * How one point of a run ended.
 *
 * @param key known once the artifacts of all inputs were
 * @param artifact what it made or what the store had; null unless the verdict has an artifact
 * @param seconds wall seconds that this run spent on it; 0 where it spent none
 * @param attempts how often this run tried; 0 where it did not
 * @param cause why it went wrong
 * @param message one clear message where it went wrong, else empty
 * @param log the stage's log file, where an attempt was made
 */
public record Outcome(
    Point point,
    Verdict verdict,
    @Nullable StageKey key,
    @Nullable Digest artifact,
    double seconds,
    int attempts,
    Cause cause,
    String message,
    @Nullable Path log) {
  /** What kind of thing went wrong; decides the exit code. */
  public enum Cause {
    /** Nothing went wrong. */
    NONE,
    /** A file outside the store is missing. */
    DATA,
    /** The stage said so, or it has a bug. */
    STAGE,
    /** The store could not be read or written. */
    STORE,
    /** Another point went wrong, or the run was stopped. */
    OTHER
  }

  static Outcome cached(Point point, StageKey key, Digest artifact) {
    return new Outcome(point, Verdict.CACHED, key, artifact, 0, 0, Cause.NONE, "", null);
  }

  static Outcome blocked(Point point, Cause cause, String message) {
    return new Outcome(point, Verdict.BLOCKED, null, null, 0, 0, cause, message, null);
  }

  static Outcome cancelled(
      Point point, @Nullable StageKey key, double seconds, int attempts, @Nullable Path log) {
    String message = attempts > 0 ? "stopped" : "not started";
    return new Outcome(
        point, Verdict.CANCELLED, key, null, seconds, attempts, Cause.OTHER, message, log);
  }

  /** With the seconds of the attempts before. */
  Outcome after(double spent) {
    return new Outcome(
        point, verdict, key, artifact, spent + seconds, attempts, cause, message, log);
  }

  /** With more to say. */
  Outcome with(String advice) {
    String both = message.isEmpty() ? advice : message + "; " + advice;
    return new Outcome(point, verdict, key, artifact, seconds, attempts, cause, both, log);
  }

  /** The same outcome, for a point whose key is equal. */
  Outcome sharedWith(Point other) {
    Verdict shared = verdict == Verdict.RAN ? Verdict.CACHED : verdict;
    return new Outcome(other, shared, key, artifact, 0, 0, cause, message, log);
  }
}
