package org.amalgam.runner.schedule;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.pipelines.plan.Point;
import org.jspecify.annotations.Nullable;

/**
 * How long the longest chain of work from a point to the end of the plan is, by the times of
 * earlier runs. Reads those times on first use, since a run that finds everything cached needs
 * none.
 */
final class LongestPaths {
  private static final double UNKNOWN_SECONDS = 1;

  /** What a sample of a training costs at the default scale; only the order depends on it. */
  private static final double SECONDS_A_SAMPLE = 0.003;

  private final List<Point> points;
  private final Map<Point, List<Point>> dependents;
  private final ArtifactStore store;
  private @Nullable Map<Point, Double> lengths;

  LongestPaths(List<Point> points, Map<Point, List<Point>> dependents, ArtifactStore store) {
    this.points = points;
    this.dependents = dependents;
    this.store = store;
  }

  /** Seconds; a stage that never ran is guessed by its steps and batch, or taken for 1. */
  double from(Point point) {
    Map<Point, Double> known = lengths;
    if (known == null) {
      known = measure();
      lengths = known;
    }
    return known.getOrDefault(point, UNKNOWN_SECONDS);
  }

  private Map<Point, Double> measure() {
    Forecast forecast = Forecast.of(store);
    Map<Point, Double> measured = new LinkedHashMap<>();
    for (int i = points.size() - 1; i >= 0; i--) {
      Point point = points.get(i);
      double longest = 0;
      for (Point dependent : dependents.getOrDefault(point, List.of())) {
        longest = Math.max(longest, measured.getOrDefault(dependent, 0.0));
      }
      measured.put(point, longest + forecast.seconds(point).orElseGet(() -> guess(point)));
    }
    return measured;
  }

  private static double guess(Point point) {
    double samples = number(point, "steps") * number(point, "batch");
    return UNKNOWN_SECONDS + samples * SECONDS_A_SAMPLE;
  }

  private static double number(Point point, String setting) {
    return point.settings().get(setting) instanceof Number number ? number.doubleValue() : 0;
  }
}
