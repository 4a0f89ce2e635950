package org.amalgam.runner.schedule;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.runner.schedule.KeyDifference.Past;
import org.jspecify.annotations.Nullable;

/**
 * What a run would do, point by point, and why; computes nothing and takes no lease.
 *
 * @param points in the plan's order
 */
public record Outlook(List<Expected> points) {
  /** What a run would do with a point. */
  public enum Expectation {
    /** The store has it. */
    CACHED,
    /** It would be computed. */
    TO_RUN,
    /** A file outside the store is missing, or what it reads from is blocked. */
    BLOCKED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * A point's prospects.
   *
   * @param reason why it is so; empty where it is cached
   * @param seconds predicted wall time, where the same stage ever ran
   */
  public record Expected(
      Point point, Expectation expectation, String reason, OptionalDouble seconds) {}

  /** Looks every point up. */
  public static Outlook of(Plan plan, ArtifactStore store) throws IOException {
    Map<Point, Digest> artifacts = new LinkedHashMap<>();
    Map<Point, Expected> expected = new LinkedHashMap<>();
    Map<String, List<Past>> pasts = new TreeMap<>();
    Forecast forecast = Forecast.of(store);
    for (Point point : plan.points()) {
      Expected one = blockedOrWaiting(point, expected, forecast);
      if (one == null) {
        StageKey key = point.key(artifacts);
        Optional<KeyEntry> entry = store.find(key.digest());
        if (entry.isPresent()) {
          artifacts.put(point, entry.get().artifact());
          one = new Expected(point, Expectation.CACHED, "", OptionalDouble.empty());
        } else {
          List<Past> past =
              pasts.computeIfAbsent(point.stage(), s -> KeyDifference.pastOf(store, s));
          String reason = reason(key, point, past);
          one = new Expected(point, Expectation.TO_RUN, reason, forecast.seconds(point));
        }
      }
      expected.put(point, one);
    }
    return new Outlook(List.copyOf(expected.values()));
  }

  private static String reason(StageKey key, Point point, List<Past> past) {
    if (past.stream().anyMatch(p -> p.entry().key().equals(key.digest()))) {
      return "its artifact is gone from the store";
    }
    return KeyDifference.nearest(key.digest(), key.parts(), point.name(), past)
        .map(difference -> "changed " + difference)
        .orElse("never run");
  }

  private static @Nullable Expected blockedOrWaiting(
      Point point, Map<Point, Expected> expected, Forecast forecast) {
    List<Path> missing = point.missingExternals();
    if (!missing.isEmpty()) {
      return new Expected(
          point, Expectation.BLOCKED, Scheduler.missingMessage(missing), forecast.seconds(point));
    }
    List<String> toBeMade = new ArrayList<>();
    for (List<Point> port : point.inputs().values()) {
      for (Point input : port) {
        Expected of = expected.get(input);
        if (of != null && of.expectation() == Expectation.BLOCKED) {
          return new Expected(
              point, Expectation.BLOCKED, input.name() + " is blocked", forecast.seconds(point));
        }
        if (of == null || of.expectation() == Expectation.TO_RUN) {
          toBeMade.add(input.stage());
        }
      }
    }
    if (toBeMade.isEmpty()) {
      return null;
    }
    String inputs = String.join(", ", toBeMade.stream().distinct().toList());
    return new Expected(
        point, Expectation.TO_RUN, "input to be made: " + inputs, forecast.seconds(point));
  }

  /** How many points have an expectation. */
  public long count(Expectation expectation) {
    return points.stream().filter(p -> p.expectation() == expectation).count();
  }

  /**
   * Predicted wall seconds of what is to run on a number of slots: no less than its longest chain,
   * no less than its sum over the slots. Stages that never ran count nothing.
   */
  public double seconds(int slots) {
    Map<Point, Double> ends = new LinkedHashMap<>();
    double sum = 0;
    double longest = 0;
    for (Expected one : points) {
      boolean runs = one.expectation() == Expectation.TO_RUN;
      double own = runs ? one.seconds().orElse(0) : 0;
      double begin =
          one.point().inputs().values().stream()
              .flatMap(List::stream)
              .mapToDouble(input -> ends.getOrDefault(input, 0.0))
              .max()
              .orElse(0);
      ends.put(one.point(), begin + own);
      longest = Math.max(longest, begin + own);
      sum += own;
    }
    return Math.max(longest, sum / slots);
  }

  /** How many of the points that would run have no prediction. */
  public long unpredicted() {
    return points.stream()
        .filter(p -> p.expectation() == Expectation.TO_RUN && p.seconds().isEmpty())
        .count();
  }
}
