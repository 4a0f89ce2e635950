package org.amalgam.runner.schedule;

import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;

/** Passes everything on, in order. */
record RunListeners(List<RunListener> listeners) implements RunListener {
  @Override
  public void began(List<Point> points) {
    listeners.forEach(listener -> listener.began(points));
  }

  @Override
  public void started(Point point, StageKey key) {
    listeners.forEach(listener -> listener.started(point, key));
  }

  @Override
  public void waiting(Point point, String holder) {
    listeners.forEach(listener -> listener.waiting(point, holder));
  }

  @Override
  public void retrying(Point point, String message) {
    listeners.forEach(listener -> listener.retrying(point, message));
  }

  @Override
  public void queued(int ready, int running) {
    listeners.forEach(listener -> listener.queued(ready, running));
  }

  @Override
  public void advanced(Point point, long done, long total, String unit, Map<String, Double> shown) {
    listeners.forEach(listener -> listener.advanced(point, done, total, unit, shown));
  }

  @Override
  public void ended(Outcome outcome) {
    listeners.forEach(listener -> listener.ended(outcome));
  }
}
