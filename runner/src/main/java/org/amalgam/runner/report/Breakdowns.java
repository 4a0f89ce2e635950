package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.runner.report.ReportPage.Breakdown;
import org.amalgam.runner.report.ReportPage.Breakdown.Line;
import org.jspecify.annotations.Nullable;

/**
 * The groups of numbers inside the metrics of a stage, such as accuracies by question type: a table
 * a stage and group, a line a point.
 */
final class Breakdowns {
  private static final int MOST_COLUMNS = 24;

  private final RunResults results;

  Breakdowns(RunResults results) {
    this.results = results;
  }

  List<Breakdown> all() {
    Map<String, Map<String, Map<String, Double>>> byTitle = new LinkedHashMap<>();
    for (Point point : results.plan().points()) {
      if (!results.hasMetrics(point)) {
        continue;
      }
      results
          .metrics(point)
          .ifPresent(
              metrics ->
                  metrics
                      .groups()
                      .forEach(
                          (group, numbers) ->
                              byTitle
                                  .computeIfAbsent(
                                      point.stage() + ": " + group, t -> new LinkedHashMap<>())
                                  .put(point.name(), numbers)));
    }
    List<Breakdown> breakdowns = new ArrayList<>();
    byTitle.forEach((title, lines) -> add(title, lines, breakdowns));
    return breakdowns;
  }

  private static void add(
      String title, Map<String, Map<String, Double>> lines, List<Breakdown> breakdowns) {
    Set<String> columns = new LinkedHashSet<>();
    lines.values().forEach(numbers -> columns.addAll(numbers.keySet()));
    if (columns.size() > MOST_COLUMNS) {
      return;
    }
    List<Line> texts = new ArrayList<>();
    lines.forEach(
        (point, numbers) ->
            texts.add(
                new Line(
                    point, columns.stream().map(column -> text(numbers.get(column))).toList())));
    breakdowns.add(new Breakdown(title, List.copyOf(columns), texts));
  }

  private static String text(@Nullable Double value) {
    if (value == null) {
      return "-";
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e9;
    return String.format(
        Locale.ROOT, whole ? "%.0f" : Math.abs(value) < 1.5 ? "%.4f" : "%.2f", value);
  }
}
