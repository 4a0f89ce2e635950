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
import org.amalgam.runner.report.drawing.CurveChart;

/**
 * The training curves of a run: a figure a stage, a chart a quantity, a line a point. The first
 * replicate stands for all, and a figure has no more lines than there are colours.
 */
final class Figures {
  private static final int POINTS_PER_LINE = 100;
  private static final Set<String> NOT_DRAWN = Set.of("seconds", "epoch", "rate");

  private final RunResults results;

  Figures(RunResults results) {
    this.results = results;
  }

  List<Figure> all() {
    Map<String, Map<String, Curve>> byStage = new LinkedHashMap<>();
    Map<String, String> anchors = new LinkedHashMap<>();
    for (Point point : results.plan().points()) {
      results
          .directory(point)
          .flatMap(Curve::of)
          .ifPresent(
              curve -> {
                anchors.putIfAbsent(point.stage(), Names.anchorOfStage(point.stage()));
                byStage
                    .computeIfAbsent(point.stage(), s -> new LinkedHashMap<>())
                    .putIfAbsent(Names.withoutReplicate(point), curve);
              });
    }
    List<Figure> figures = new ArrayList<>();
    byStage.forEach(
        (stage, curves) -> {
          List<String> names = List.copyOf(curves.keySet());
          for (int from = 0; from < names.size(); from += CurveChart.STYLES) {
            int to = Math.min(names.size(), from + CurveChart.STYLES);
            Map<String, Curve> some = new LinkedHashMap<>(curves);
            some.keySet().retainAll(names.subList(from, to));
            String title =
                names.size() > CurveChart.STYLES
                    ? "%s (%d to %d of %d)".formatted(stage, from + 1, to, names.size())
                    : stage;
            figure(title, some, anchors.getOrDefault(stage, "")).ifPresent(figures::add);
          }
        });
    return figures;
  }

  private static Optional<Figure> figure(String title, Map<String, Curve> curves, String anchor) {
    Set<String> quantities = new LinkedHashSet<>();
    for (Curve curve : curves.values()) {
      quantities.addAll(curve.columns().subList(1, curve.columns().size()));
    }
    quantities.removeAll(NOT_DRAWN);
    List<String> charts = new ArrayList<>();
    for (String quantity : quantities) {
      Map<String, List<double[]>> lines = new LinkedHashMap<>();
      curves.forEach((point, curve) -> lines.put(point, curve.series(quantity, POINTS_PER_LINE)));
      if (lines.values().stream().anyMatch(line -> line.size() > 1)) {
        charts.add(CurveChart.svg(quantity, lines));
      }
    }
    List<String> legend = curves.size() < 2 ? List.of() : List.copyOf(curves.keySet());
    return charts.isEmpty()
        ? Optional.empty()
        : Optional.of(new Figure(title, charts, legend, anchor));
  }
}
