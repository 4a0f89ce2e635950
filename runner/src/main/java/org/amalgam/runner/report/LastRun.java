package org.amalgam.runner.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;

/**
 * What the newest run's {@code run.json} says, for looking things up afterwards.
 *
 * @param keys point name to stage key
 * @param cells {@code row / column} to the points of that cell, in the recipe's order
 */
public record LastRun(Map<String, Digest> keys, Map<String, List<String>> cells) {
  /** Reads it; empty if there was no run yet. */
  public static LastRun in(Path runs) throws IOException {
    LastRun last = new LastRun(new LinkedHashMap<>(), new LinkedHashMap<>());
    Optional<Path> folder = RunFolder.latest(runs);
    if (folder.isEmpty() || !Files.isRegularFile(folder.get().resolve(RunJson.FILE))) {
      return last;
    }
    Object run = CanonicalJson.parse(Files.readString(folder.get().resolve(RunJson.FILE)));
    for (Map<?, ?> stage : maps(run, "stages")) {
      if (stage.get("key") instanceof String key) {
        last.keys.put(String.valueOf(stage.get("point")), new Digest(key));
      }
    }
    for (Map<?, ?> table : maps(run, "tables")) {
      for (Map<?, ?> cell : maps(table, "cells")) {
        List<String> points =
            cell.get("points") instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
        last.cells.putIfAbsent(cellName(cell.get("row") + "/" + cell.get("column")), points);
      }
    }
    return last;
  }

  /** The one spelling of a cell's name: {@code row / column}. */
  public static String cellName(String name) {
    return name.strip().replaceAll("\\s*/\\s*", " / ");
  }

  private static List<Map<?, ?>> maps(Object parent, String name) {
    Object list = parent instanceof Map<?, ?> map ? map.get(name) : null;
    return list instanceof List<?> items
        ? items.stream()
            .filter(Map.class::isInstance)
            .<Map<?, ?>>map(item -> (Map<?, ?>) item)
            .toList()
        : List.of();
  }
}
