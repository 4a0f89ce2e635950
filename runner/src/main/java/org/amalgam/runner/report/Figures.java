package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.runner.report.ReportPage.Figure;

/** The training curves of a run: a figure a stage, a chart a quantity, a line a point. */
final class Figures {
  private static final int POINTS_PER_LINE = 160;
  private static final Set<String> NOT_DRAWN = Set.of("seconds", "epoch");

  private final RunResults results;

  Figures(RunResults results) {
    this.results = results;
  }

  List<Figure> all() {
    Map<String, Map<String, Curve>> byStage = new LinkedHashMap<>();
    for (Point point : results.plan().points()) {
      results
          .directory(point)
          .flatMap(Curve::of)
          .ifPresent(
              curve ->
                  byStage
                      .computeIfAbsent(point.stage(), s -> new LinkedHashMap<>())
                      .put(point.name(), curve));
    }
    List<Figure> figures = new ArrayList<>();
    byStage.forEach((stage, curves) -> figure(stage, curves).ifPresent(figures::add));
    return figures;
  }

  private static Optional<Figure> figure(String stage, Map<String, Curve> curves) {
    Set<String> quantities = new LinkedHashSet<>();
    for (Curve curve : curves.values()) {
      quantities.addAll(curve.columns().subList(1, curve.columns().size()));
    }
    quantities.removeAll(NOT_DRAWN);
    // the learning rate is the least telling: last
    if (quantities.remove("rate")) {
      quantities.add("rate");
    }
    List<String> charts = new ArrayList<>();
    for (String quantity : quantities) {
      Map<String, List<double[]>> lines = new LinkedHashMap<>();
      curves.forEach((point, curve) -> lines.put(point, curve.series(quantity, POINTS_PER_LINE)));
      if (lines.values().stream().anyMatch(line -> line.size() > 1)) {
        charts.add(CurveChart.svg(quantity, lines));
      }
    }
    List<String> legend = curves.size() < 2 ? List.of() : List.copyOf(curves.keySet());
    return charts.isEmpty() ? Optional.empty() : Optional.of(new Figure(stage, charts, legend));
  }
}
