package org.amalgam.runner.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Manifest;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.runner.schedule.PastRuns.Past;
import org.jspecify.annotations.Nullable;

/**
 * How long a point will take and how much disk: the median of the earlier runs of the same stage
 * that share most settings with it. Runs of another scale say nothing: neither the point nor
 * anything that it reads may differ from them by more than a factor of two in any number. A guess,
 * and shown as one.
 */
public final class Forecast {
  private static final double SAME_SCALE = 2;

  private final PastRuns past;
  private final ArtifactStore store;
  private final Map<Point, Boolean> ofSameScale = new LinkedHashMap<>();
  private final Map<Point, Optional<Cost>> known = new LinkedHashMap<>();

  /**
   * What a point costs.
   *
   * @param seconds wall time
   * @param bytes of its artifact
   */
  public record Cost(double seconds, long bytes) {}

  private Forecast(PastRuns past, ArtifactStore store) {
    this.past = past;
    this.store = store;
  }

  /** Reads the times of everything that a store holds. */
  public static Forecast of(ArtifactStore store) {
    return of(PastRuns.in(store), store);
  }

  /**
   * Predicts by what is known already.
   *
   * @param store where the sizes of artifacts are read
   */
  public static Forecast of(PastRuns past, ArtifactStore store) {
    return new Forecast(past, store);
  }

  /** Wall seconds, if this stage ever ran at this scale. */
  public OptionalDouble seconds(Point point) {
    List<Double> seconds =
        nearest(point).stream().map(run -> run.provenance().seconds()).sorted().toList();
    return seconds.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(seconds.get(seconds.size() / 2));
  }

  /** Time and disk, if this stage ever ran at this scale; an artifact that is gone counts 0. */
  public Optional<Cost> cost(Point point) {
    return known.computeIfAbsent(point, this::measure);
  }

  private Optional<Cost> measure(Point point) {
    OptionalDouble seconds = seconds(point);
    if (seconds.isEmpty()) {
      return Optional.empty();
    }
    long bytes =
        nearest(point).stream()
            .map(run -> store.manifest(run.entry().artifact()))
            .flatMap(Optional::stream)
            .findFirst()
            .map(Manifest::size)
            .orElse(0L);
    return Optional.of(new Cost(seconds.getAsDouble(), bytes));
  }

  private List<Past> nearest(Point point) {
    List<Past> nearest = new ArrayList<>();
    if (!inputsRan(point)) {
      return nearest;
    }
    long most = -1;
    Map<String, Object> settings = point.settings();
    for (Past run : runs(point)) {
      Map<String, Object> other = run.provenance().settings();
      long shared =
          settings.entrySet().stream()
              .filter(s -> Objects.equals(s.getValue(), other.get(s.getKey())))
              .count();
      if (shared > most) {
        most = shared;
        nearest.clear();
      }
      if (shared == most) {
        nearest.add(run);
      }
    }
    return nearest;
  }

  private List<Past> runs(Point point) {
    Map<String, Object> settings = point.settings();
    return past.ofStage(point.stage()).stream()
        .filter(run -> run.provenance().uses().equals(point.type().name()))
        .filter(run -> sameScale(settings, run.provenance().settings()))
        .toList();
  }

  private boolean inputsRan(Point point) {
    return point.inputs().values().stream()
        .flatMap(List::stream)
        .allMatch(
            input -> {
              Boolean ran = ofSameScale.get(input);
              if (ran == null) {
                ran = !runs(input).isEmpty() && inputsRan(input);
                ofSameScale.put(input, ran);
              }
              return ran;
            });
  }

  private static boolean sameScale(Map<String, Object> settings, Map<String, Object> other) {
    return settings.entrySet().stream()
        .allMatch(setting -> near(setting.getValue(), other.get(setting.getKey())));
  }

  private static boolean near(Object value, @Nullable Object other) {
    if (value instanceof Number a && other instanceof Number b) {
      double low = Math.min(Math.abs(a.doubleValue()), Math.abs(b.doubleValue()));
      double high = Math.max(Math.abs(a.doubleValue()), Math.abs(b.doubleValue()));
      return low == 0 || high <= SAME_SCALE * low;
    }
    return true;
  }
}
