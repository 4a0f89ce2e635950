package org.amalgam.runner.schedule;

import com.google.common.base.Supplier;
import com.google.common.base.Suppliers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.runner.schedule.Forecast.Cost;
import org.amalgam.runner.schedule.PastRuns.Nearest;
import org.jspecify.annotations.Nullable;

/**
 * What a run would do, point by point, and why; computes nothing and takes no lease.
 *
 * @param points in the plan's order
 */
public record Outlook(List<Expected> points) {
  /** How the reason of a point begins whose inputs are not there yet; their stages follow. */
  public static final String WAITING = "input to be made: ";

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
   * @param reason why it is so; where it is cached, how it was adopted, else empty
   * @param change the first part of its key that differs from the nearest earlier one, where that
   *     is the reason
   * @param cost predicted time and disk, where the same stage ever ran at this scale; nothing for a
   *     point that is made together with another of an equal key
   */
  public record Expected(
      Point point,
      Expectation expectation,
      String reason,
      @Nullable KeyDifference change,
      Optional<Cost> cost) {}

  /** Looks every point up. */
  public static Outlook of(Plan plan, ArtifactStore store) throws IOException {
    // A plan of which everything is cached needs no past.
    return new Prospect(store, Suppliers.memoize(() -> PastRuns.in(store))).of(plan);
  }

  private record Prospect(
      ArtifactStore store,
      Supplier<PastRuns> past,
      Supplier<Forecast> forecast,
      Map<Point, Digest> artifacts,
      Map<Digest, Point> toBeMade,
      Map<Point, Expected> expected) {
    Prospect(ArtifactStore store, Supplier<PastRuns> past) {
      this(
          store,
          past,
          Suppliers.memoize(() -> Forecast.of(past.get(), store)),
          new LinkedHashMap<>(),
          new LinkedHashMap<>(),
          new LinkedHashMap<>());
    }

    Outlook of(Plan plan) throws IOException {
      for (Point point : plan.points()) {
        Expected one = blockedOrWaiting(point);
        expected.put(point, one == null ? lookedUp(point) : one);
      }
      return new Outlook(List.copyOf(expected.values()));
    }

    private Expected lookedUp(Point point) throws IOException {
      StageKey key = point.key(artifacts);
      Optional<KeyEntry> entry = store.find(key.digest());
      if (entry.isPresent()) {
        artifacts.put(point, entry.get().artifact());
        return new Expected(point, Expectation.CACHED, adopted(key), null, Optional.empty());
      }
      Point same = toBeMade.putIfAbsent(key.digest(), point);
      if (same != null) {
        String reason = "the same as " + same.name() + ": made once";
        return new Expected(point, Expectation.TO_RUN, reason, null, Optional.of(new Cost(0, 0)));
      }
      if (past.get().ofKey(key.digest()).isPresent()) {
        return toRun(point, "its artifact is gone from the store", null);
      }
      Optional<Nearest> nearest = past.get().nearest(key.digest(), key.parts(), point.name());
      return nearest.isPresent()
          ? toRun(point, "changed " + nearest.get().difference(), nearest.get().difference())
          : toRun(point, "never run", null);
    }

    private String adopted(StageKey key) {
      return store
          .provenance(key.digest())
          .flatMap(made -> Optional.ofNullable(made.adoption()))
          .map(adoption -> "adopted " + adoption)
          .orElse("");
    }

    private Expected toRun(Point point, String reason, @Nullable KeyDifference change) {
      return new Expected(point, Expectation.TO_RUN, reason, change, forecast.get().cost(point));
    }

    private @Nullable Expected blockedOrWaiting(Point point) {
      List<Path> missing = point.missingExternals();
      if (!missing.isEmpty()) {
        return blocked(point, Scheduler.missingMessage(missing));
      }
      List<String> inputs = new ArrayList<>();
      for (List<Point> port : point.inputs().values()) {
        for (Point input : port) {
          Expected of = expected.get(input);
          if (of != null && of.expectation() == Expectation.BLOCKED) {
            return blocked(point, input.name() + " is blocked");
          }
          if (of == null || of.expectation() == Expectation.TO_RUN) {
            inputs.add(input.stage());
          }
        }
      }
      if (inputs.isEmpty()) {
        return null;
      }
      List<String> distinct = inputs.stream().distinct().toList();
      return toRun(point, WAITING + String.join(", ", distinct), null);
    }

    private Expected blocked(Point point, String reason) {
      return new Expected(point, Expectation.BLOCKED, reason, null, forecast.get().cost(point));
    }
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
      double own = runs ? one.cost().map(Cost::seconds).orElse(0.0) : 0;
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

  /** Predicted bytes of what is to run. Stages that never ran count nothing. */
  public long bytes() {
    return points.stream()
        .filter(p -> p.expectation() == Expectation.TO_RUN)
        .mapToLong(p -> p.cost().map(Cost::bytes).orElse(0L))
        .sum();
  }

  /** How many of the points that would run have no prediction. */
  public long unpredicted() {
    return points.stream()
        .filter(p -> p.expectation() == Expectation.TO_RUN && p.cost().isEmpty())
        .count();
  }
}
