package org.amalgam.runner.command;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.runner.progress.Elapsed;
import org.amalgam.runner.report.RunDiff;
import org.amalgam.runner.report.RunDiff.CellChange;
import org.amalgam.runner.report.RunDiff.PointChange;
import org.amalgam.runner.report.RunHistory;
import org.amalgam.runner.report.RunJson;
import org.amalgam.runner.report.RunRecord;
import org.amalgam.runner.report.RunSummary;
import org.amalgam.runner.schedule.KeyDifference;
import org.amalgam.runner.settings.ToolSetting;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amalgam diff}. */
@Command(
    name = "diff",
    header = "Compares two runs: settings, keys and numbers.",
    description = {
      "Compares two runs: what they were asked for and what they ran on, the first part of the key"
          + " that differs for each point, and the numbers of their tables, old -> new.",
      "A run is named by its folder's name or the beginning of it, by latest (the newest that"
          + " ended) or by latest~1 (the one before it); amalgam runs lists them."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  amalgam diff latest~1 latest", "  amalgam diff 20261122T1001 latest --all"})
final class DiffCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Parameters(index = "0", paramLabel = "OLD", description = "the run to compare with")
  private String before = "";

  @Parameters(index = "1", paramLabel = "NEW", description = "the run to compare")
  private String after = "";

  @Option(names = "--all", description = "each point on a line, and cells that are equal too")
  private boolean all;

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  DiffCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    String runs = storeOptions.settings(surroundings, Map.of()).value(ToolSetting.RUNS);
    RunHistory history = RunHistory.in(surroundings.resolve(runs));
    ArtifactStore store = storeOptions.open(surroundings);
    RunDiff diff =
        RunDiff.of(
            read(history, before),
            read(history, after),
            key -> store.entry(key).map(KeyEntry::parts));
    if (output == OutputFormat.json) {
      surroundings.out().print(RunJson.text(json(diff)));
    } else {
      print(diff, surroundings.out());
    }
    return ExitCode.OK.code();
  }

  private RunRecord read(RunHistory history, String name) throws IOException {
    try {
      return RunRecord.of(history.find(name));
    } catch (IllegalArgumentException e) {
      throw storeOptions.misuse(String.valueOf(e.getMessage()));
    }
  }

  private void print(RunDiff diff, PrintStream out) {
    out.println("old  " + headline(diff.before()));
    out.println("new  " + headline(diff.after()));
    if (!diff.asked().isEmpty()) {
      out.println();
      diff.asked().forEach(c -> out.println(c.field() + ": " + c.before() + " -> " + c.after()));
    }
    out.println();
    out.println(
        "points: " + diff.same() + " with equal keys, " + diff.points().size() + " different");
    (all ? diff.points().stream().map(DiffCommand::line).toList() : grouped(diff.points()))
        .forEach(line -> out.println("  " + line));
    List<CellChange> shown = diff.cells().stream().filter(c -> all || !c.isSame()).toList();
    if (!diff.cells().isEmpty()) {
      out.println();
      out.println(
          "cells: "
              + diff.cells().stream().filter(CellChange::isSame).count()
              + " equal, "
              + diff.cells().stream().filter(c -> !c.isSame()).count()
              + " different");
      int width = shown.stream().mapToInt(c -> c.cell().name().length()).max().orElse(0);
      for (CellChange cell : shown) {
        out.println("  " + line(cell, width));
      }
    }
  }

  private static String headline(RunSummary run) {
    String took = run.seconds().isPresent() ? ", " + Elapsed.text(run.seconds().getAsDouble()) : "";
    return run.name() + " (" + run.state() + took + ")";
  }

  /** One line for the points of a stage that differ in the same way. */
  private static List<String> grouped(List<PointChange> points) {
    Map<String, List<PointChange>> groups = new LinkedHashMap<>();
    for (PointChange point : points) {
      String stage = point.point().replaceFirst("\\[.*", "");
      groups
          .computeIfAbsent(
              stage + "\n" + point.what() + "\n" + point.part(), g -> new ArrayList<>())
          .add(point);
    }
    List<String> lines = new ArrayList<>();
    groups.forEach(
        (id, group) -> {
          String first = line(group.get(0));
          int more = group.size() - 1;
          lines.add(more == 0 ? first : first + "  (and " + more + " more of this stage)");
        });
    return lines;
  }

  private static String line(PointChange point) {
    if (!point.what().equals("key")) {
      return point.point()
          + (point.what().equals("only after") ? "  in the new run only" : "  in the old run only");
    }
    return point.part().isEmpty()
        ? point.point() + "  its key differs or is not known; the store no longer has its parts"
        : point.point() + "  " + new KeyDifference(point.part(), point.before(), point.after());
  }

  private static String line(CellChange cell, int width) {
    String name = cell.cell().name();
    String text =
        name
            + " ".repeat(width - name.length())
            + "  "
            + number(cell.before())
            + " -> "
            + number(cell.after());
    OptionalDouble difference = cell.difference();
    return difference.isPresent()
        ? text + "  (" + String.format(Locale.ROOT, "%+.2f", difference.getAsDouble()) + ")"
        : text;
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.2f", value.getAsDouble()) : "-";
  }

  private static Map<String, Object> json(RunDiff diff) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("before", diff.before().json());
    json.put("after", diff.after().json());
    json.put("asked", diff.asked().stream().map(DiffCommand::json).toList());
    json.put("pointsWithEqualKeys", diff.same());
    json.put("points", diff.points().stream().map(DiffCommand::json).toList());
    json.put("cells", diff.cells().stream().map(DiffCommand::json).toList());
    return json;
  }

  private static Map<String, Object> json(RunDiff.Change change) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("field", change.field());
    json.put("before", change.before());
    json.put("after", change.after());
    return json;
  }

  private static Map<String, @Nullable Object> json(PointChange point) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("point", point.point());
    json.put("what", point.what());
    json.put("part", point.part());
    json.put("before", point.before());
    json.put("after", point.after());
    return json;
  }

  private static Map<String, @Nullable Object> json(CellChange cell) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("table", cell.cell().table());
    json.put("row", cell.cell().row());
    json.put("column", cell.cell().column());
    json.put("metric", cell.cell().metric());
    json.put("before", orNull(cell.before()));
    json.put("after", orNull(cell.after()));
    json.put("difference", orNull(cell.difference()));
    return json;
  }

  private static @Nullable Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }
}
