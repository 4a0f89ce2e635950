package org.amalgam.runner.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.Provenance;
import org.amalgam.pipelines.plan.Point;

/**
 * How long a point will take: the median of the earlier runs of the same stage that share most
 * settings with it. A guess, and shown as one.
 */
public final class Forecast {
  private final Map<String, List<Provenance>> byStage = new TreeMap<>();

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

  /** Wall seconds, if this stage ever ran. */
  public OptionalDouble seconds(Point point) {
    List<Double> nearest = new ArrayList<>();
    long most = -1;
    List<Provenance> runs =
        byStage.getOrDefault(name(point.type().name(), point.stage()), List.of());
    for (Provenance run : runs) {
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
}
