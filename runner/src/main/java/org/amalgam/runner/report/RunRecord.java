package org.amalgam.runner.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;

/**
 * All that a run's folder tells, for looking things up afterwards.
 *
 * @param stages in the plan's order; of a run that has not ended, those that it has come to
 * @param cells of all its tables, in the recipe's order
 */
public record RunRecord(RunSummary summary, List<RunStage> stages, List<RunCell> cells) {
  /**
   * A cell of a table.
   *
   * @param metric what its column shows
   * @param mean its number; empty where it has none
   * @param points where it comes from, one for each replicate
   */
  public record RunCell(
      String table,
      String row,
      String column,
      String metric,
      OptionalDouble mean,
      List<String> points) {
    /** {@code row / column}: how commands name it. */
    public String name() {
      return cellName(row + "/" + column);
    }
  }

  /** Reads the folder of a run. */
  public static RunRecord of(RunSummary summary) throws IOException {
    Path file = summary.folder().resolve(RunJson.FILE);
    if (!Files.isRegularFile(file)) {
      return new RunRecord(summary, RunStage.ofJournal(summary.folder()), List.of());
    }
    Map<String, Object> run = JsonTree.object(CanonicalJson.parse(Files.readString(file)));
    List<RunCell> cells = new ArrayList<>();
    for (Map<String, Object> table : JsonTree.objects(run, "tables")) {
      for (Map<String, Object> cell : JsonTree.objects(table, "cells")) {
        cells.add(
            new RunCell(
                JsonTree.text(table, "name", ""),
                JsonTree.text(cell, "row", ""),
                JsonTree.text(cell, "column", ""),
                JsonTree.text(cell, "metric", ""),
                JsonTree.number(cell, "mean"),
                JsonTree.list(cell, "points").stream().map(String::valueOf).toList()));
      }
    }
    return new RunRecord(
        summary, JsonTree.objects(run, "stages").stream().map(RunStage::of).toList(), cells);
  }

  /** The first cell of that name, however its slash is spaced. */
  public Optional<RunCell> cell(String name) {
    String wanted = cellName(name);
    return cells.stream().filter(cell -> cell.name().equals(wanted)).findFirst();
  }

  /** The keys of the points that have one. */
  public Map<String, Digest> keys() {
    Map<String, Digest> keys = new LinkedHashMap<>();
    stages.forEach(stage -> stage.key().ifPresent(key -> keys.put(stage.point(), key)));
    return keys;
  }

  private static String cellName(String name) {
    return name.strip().replaceAll("\\s*/\\s*", " / ");
  }
}
