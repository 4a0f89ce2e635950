package org.amalgam.runner.schedule;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.Provenance;
import org.amalgam.pipelines.plan.Point;
import org.jspecify.annotations.Nullable;

/**
 * How long a point will take: the median of the earlier runs of the same stage that share most
 * settings with it. Runs of another scale say nothing: neither the point nor anything that it reads
 * may differ from them by more than a factor of two in any number. A guess, and shown as one.
 */
public final class Forecast {
  private static final double SAME_SCALE = 2;

  private final Map<String, List<Provenance>> byStage = new TreeMap<>();
  private final Map<Point, Boolean> ofSameScale = new LinkedHashMap<>();

  private Forecast() {}

  /** Reads the times of everything that a store holds. */
  public static Forecast of(ArtifactStore store) {
    Forecast forecast = new Forecast();
    for (KeyEntry entry : store.entries()) {
      store.provenance(entry.key()).ifPresent(forecast::learn);
    }
    return forecast;
  }

  private void learn(Provenance run) {
    byStage
        .computeIfAbsent(name(run.uses(), stageOf(run.stage())), k -> new ArrayList<>())
        .add(run);
  }

  /** The stage of a point's name: {@code merged} of {@code merged[alpha=0.5]}. */
  static String stageOf(String pointName) {
    int bracket = pointName.indexOf('[');
    return bracket < 0 ? pointName : pointName.substring(0, bracket);
  }

  private static String name(String uses, String stage) {
    return uses + " " + stage;
  }

  /** Wall seconds, if this stage ever ran at this scale. */
  public OptionalDouble seconds(Point point) {
    if (!inputsRan(point)) {
      return OptionalDouble.empty();
    }
    List<Double> nearest = new ArrayList<>();
    long most = -1;
    for (Provenance run : runs(point)) {
      long shared =
          point.settings().entrySet().stream()
              .filter(s -> Objects.equals(s.getValue(), run.settings().get(s.getKey())))
              .count();
      if (shared > most) {
        most = shared;
        nearest.clear();
      }
      if (shared == most) {
        nearest.add(run.seconds());
      }
    }
    nearest.sort(null);
    return nearest.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(nearest.get(nearest.size() / 2));
  }

  private List<Provenance> runs(Point point) {
    return byStage.getOrDefault(name(point.type().name(), point.stage()), List.of()).stream()
        .filter(run -> sameScale(point.settings(), run.settings()))
        .toList();
  }

  private boolean inputsRan(Point point) {
    return point.inputs().values().stream()
        .flatMap(List::stream)
        .allMatch(
            input -> {
              Boolean known = ofSameScale.get(input);
              if (known == null) {
                known = !runs(input).isEmpty() && inputsRan(input);
                ofSameScale.put(input, known);
              }
              return known;
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
