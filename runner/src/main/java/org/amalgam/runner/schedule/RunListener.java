package org.amalgam.runner.schedule;

import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;

/**
 * Is told what happens in a run. {@link #advanced} comes from the stages' threads, as often as they
 * like; the others come one at a time.
 */
public interface RunListener {
  /** The run begins. */
  default void began(List<Point> points) {}

  /** A slot was given to a point; it may still wait for another process that has its lease. */
  default void started(Point point, StageKey key) {}

  /**
   * A point waits, in its slot, for somebody who computes the same key.
   *
   * @param holder who it is: {@code process 4711 on ada, since 2026-01-31T10:00:00Z}
   */
  default void waiting(Point point, String holder) {}

  /**
   * An attempt at a point failed and there will be another; {@link #started} tells when.
   *
   * @param message why, and what will be different
   */
  default void retrying(Point point, String message) {}

  /**
   * How many points are ready but have no slot yet.
   *
   * @param running how many have one
   */
  default void queued(int ready, int running) {}

  /** A running stage is at {@code done} of {@code total}; {@code shown} holds its other values. */
  default void advanced(
      Point point, long done, long total, String unit, Map<String, Double> shown) {}

  /** A point has its verdict. */
  default void ended(Outcome outcome) {}

  /** Several listeners as one. */
  static RunListener all(List<RunListener> listeners) {
    return new RunListeners(listeners);
  }
}
