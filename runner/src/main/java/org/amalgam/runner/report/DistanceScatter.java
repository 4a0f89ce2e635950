package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.runner.report.ReportPage.Figure;
import org.amalgam.runner.report.drawing.ScatterChart;
import org.amalgam.runner.report.drawing.ScatterChart.Dot;

/** What each {@code correlate} stage correlated: a chart a metric, a dot a point. */
final class DistanceScatter {
  private static final String TYPE = "correlate";

  private final RunResults results;

  DistanceScatter(RunResults results) {
    this.results = results;
  }

  /** A figure for each stage and choice of dimensions other than the replicate. */
  List<Figure> all() {
    Map<String, List<Point>> groups = new LinkedHashMap<>();
    for (Point point : results.plan().points()) {
      if (point.type().name().equals(TYPE)) {
        groups.computeIfAbsent(Names.withoutReplicate(point), n -> new ArrayList<>()).add(point);
      }
    }
    List<Figure> figures = new ArrayList<>();
    groups.forEach(
        (name, points) -> {
          List<String> charts = charts(points);
          if (!charts.isEmpty()) {
            figures.add(new Figure(name, charts, List.of(), Names.anchor(points.get(0))));
          }
        });
    return figures;
  }

  private List<String> charts(List<Point> points) {
    Map<String, Object> settings = points.get(0).settings();
    String with = String.valueOf(settings.get("with"));
    List<?> metrics = settings.get("metrics") instanceof List<?> list ? list : List.of();
    List<String> charts = new ArrayList<>();
    for (Object metric : metrics) {
      String path = String.valueOf(metric);
      List<Dot> dots = new ArrayList<>();
      for (Point point : points) {
        for (Point input : point.inputs().getOrDefault("points", List.of())) {
          dot(input, path, with, dots);
        }
      }
      if (dots.size() > 1) {
        charts.add(ScatterChart.svg(with + title(points, path), path, charts.size() % 8, dots));
      }
    }
    return charts;
  }

  private void dot(Point input, String path, String with, List<Dot> dots) {
    OptionalDouble x = number(input, path);
    OptionalDouble y = number(input, with);
    if (x.isPresent() && y.isPresent()) {
      dots.add(new Dot(x.getAsDouble(), y.getAsDouble(), input.name()));
    }
  }

  private OptionalDouble number(Point point, String path) {
    return results.metrics(point).map(m -> m.number(path)).orElse(OptionalDouble.empty());
  }

  private String title(List<Point> points, String path) {
    List<Double> found = new ArrayList<>();
    for (Point point : points) {
      number(point, path + ".pearson").ifPresent(found::add);
    }
    if (found.isEmpty()) {
      return " by " + path + ": no coefficient";
    }
    String mean = String.format(Locale.ROOT, "%.3f", Interval.of(found).mean());
    String over = found.size() > 1 ? " (mean of " + found.size() + ")" : "";
    return " by " + path + ": Pearson " + mean + over;
  }
}
