package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.amalgam.artifacts.Digest;
import org.amalgam.runner.report.RunRecord.RunCell;
import org.amalgam.runner.schedule.KeyDifference;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two runs.
 *
 * @param asked what they were asked for and what they ran on: field, old, new
 * @param points those that differ, in the second run's order, then those that only the first has
 * @param same how many points have equal keys
 * @param cells the numbers of both, in the second run's order, then those that only the first has
 */
public record RunDiff(
    RunSummary before,
    RunSummary after,
    List<Change> asked,
    List<PointChange> points,
    int same,
    List<CellChange> cells) {
  private static final List<String> ASKED =
      List.of(
          "recipe",
          "recipeDigest",
          "profile",
          "overrides",
          "targets",
          "amalgam",
          "java",
          "host",
          "engine");

  /** A field with its two values. */
  public record Change(String field, String before, String after) {}

  /**
   * A point whose key differs, or that one run lacks.
   *
   * @param what "only before", "only after" or "key"
   * @param part the first part of the keys that differs; empty where it is not known
   */
  public record PointChange(
      String point, String what, String part, @Nullable Object before, @Nullable Object after) {}

  /** A number of both runs; empty where one has none. */
  public record CellChange(RunCell cell, OptionalDouble before, OptionalDouble after) {
    /** New minus old; empty unless both are there. */
    public OptionalDouble difference() {
      return before.isPresent() && after.isPresent()
          ? OptionalDouble.of(after.getAsDouble() - before.getAsDouble())
          : OptionalDouble.empty();
    }

    /** Whether the two are one number. */
    public boolean isSame() {
      return before.equals(after);
    }
  }

  /**
   * Compares.
   *
   * @param parts the parts of a key, where something still knows them
   */
  public static RunDiff of(
      RunRecord before, RunRecord after, Function<Digest, Optional<Map<String, Object>>> parts) {
    Map<String, RunStage> old = byPoint(before);
    Map<String, RunStage> now = byPoint(after);
    List<PointChange> points = new ArrayList<>();
    int same = 0;
    for (RunStage stage : after.stages()) {
      RunStage earlier = old.get(stage.point());
      if (earlier == null) {
        points.add(new PointChange(stage.point(), "only after", "", null, null));
      } else if (stage.key().isPresent() && stage.key().equals(earlier.key())) {
        same++;
      } else {
        points.add(change(stage, earlier, parts));
      }
    }
    for (RunStage stage : before.stages()) {
      if (!now.containsKey(stage.point())) {
        points.add(new PointChange(stage.point(), "only before", "", null, null));
      }
    }
    return new RunDiff(
        before.summary(),
        after.summary(),
        asked(before, after),
        points,
        same,
        cells(before, after));
  }

  private static Map<String, RunStage> byPoint(RunRecord run) {
    return run.stages().stream()
        .collect(
            Collectors.toMap(RunStage::point, s -> s, (first, again) -> first, LinkedHashMap::new));
  }

  private static PointChange change(
      RunStage now, RunStage old, Function<Digest, Optional<Map<String, Object>>> parts) {
    Optional<Map<String, Object>> before = partsOf(old, parts);
    Optional<Map<String, Object>> after = partsOf(now, parts);
    if (before.isEmpty() || after.isEmpty()) {
      return new PointChange(now.point(), "key", "", null, null);
    }
    return KeyDifference.between(before.get(), after.get())
        .map(d -> new PointChange(now.point(), "key", d.part(), d.before(), d.now()))
        .orElseGet(() -> new PointChange(now.point(), "key", "", null, null));
  }

  private static Optional<Map<String, Object>> partsOf(
      RunStage stage, Function<Digest, Optional<Map<String, Object>>> parts) {
    return stage.keyParts().isEmpty() ? stage.key().flatMap(parts) : Optional.of(stage.keyParts());
  }

  private static List<Change> asked(RunRecord before, RunRecord after) {
    List<Change> changes = new ArrayList<>();
    for (String field : ASKED) {
      Object old = before.summary().head().get(field);
      Object now = after.summary().head().get(field);
      if (!Objects.equals(old, now)) {
        changes.add(new Change(field, shown(old), shown(now)));
      }
    }
    return changes;
  }

  private static String shown(@Nullable Object value) {
    String text =
        value instanceof List<?> list
            ? list.stream().map(String::valueOf).collect(Collectors.joining(" "))
            : String.valueOf(value);
    return Digest.isHex(text) ? new Digest(text).abbreviated() : text.isEmpty() ? "nothing" : text;
  }

  private static List<CellChange> cells(RunRecord before, RunRecord after) {
    Map<List<String>, CellChange> cells = new LinkedHashMap<>();
    after
        .cells()
        .forEach(c -> cells.put(id(c), new CellChange(c, OptionalDouble.empty(), c.mean())));
    for (RunCell cell : before.cells()) {
      CellChange now = cells.get(id(cell));
      OptionalDouble mean = now == null ? OptionalDouble.empty() : now.after();
      cells.put(id(cell), new CellChange(cell, cell.mean(), mean));
    }
    return List.copyOf(cells.values());
  }

  private static List<String> id(RunCell cell) {
    return List.of(cell.table(), cell.row(), cell.column());
  }
}
