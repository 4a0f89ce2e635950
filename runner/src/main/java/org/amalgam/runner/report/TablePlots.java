package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.recipe.Plot;
import org.amalgam.pipelines.recipe.Table;
import org.amalgam.runner.report.FilledTable.FilledCell;
import org.amalgam.runner.report.FilledTable.FilledRow;
import org.amalgam.runner.report.ReportPage.Figure;
import org.amalgam.runner.report.drawing.PlotChart;
import org.amalgam.runner.report.drawing.Series;
import org.jspecify.annotations.Nullable;

/**
 * Tables drawn as their recipe says: a panel a column with ours, and beside it one with the printed
 * values, since two scales never share an axis; one panel for both where the scale is the same.
 */
final class TablePlots {
  private TablePlots() {}

  static List<Figure> of(List<FilledTable> tables) {
    List<Figure> figures = new ArrayList<>();
    for (FilledTable filled : tables) {
      Plot plot = filled.table().plot();
      if (plot != null) {
        figures.add(figure(filled, plot));
      }
    }
    return figures;
  }

  private static Figure figure(FilledTable filled, Plot plot) {
    List<String> charts = new ArrayList<>();
    boolean printed = false;
    for (int c = 0; c < filled.table().columns().size(); c++) {
      Table.Column column = filled.table().columns().get(c);
      if (!plot.columns().contains(column.label())) {
        continue;
      }
      List<Series> ours = series(filled, plot, c, false, 0);
      List<Series> papers =
          series(filled, plot, c, true, filled.table().sameScale() ? ours.size() : 0);
      printed |= !papers.isEmpty();
      if (filled.table().sameScale()) {
        ours = join(ours, papers);
        papers = List.of();
      }
      String pair = ours.isEmpty() ? "" : PlotChart.svg(column.label(), plot.label(), ours, false);
      if (!papers.isEmpty()) {
        String title = column.label() + ": printed, another scale";
        pair += PlotChart.svg(title, plot.label(), papers, true);
      }
      if (!pair.isEmpty()) {
        charts.add("<div class=\"pair\">" + pair + "</div>");
      }
    }
    List<String> legend = new ArrayList<>(plot.lines().keySet());
    if (printed && filled.table().sameScale()) {
      plot.lines().keySet().forEach(line -> legend.add(line + ", printed"));
    }
    return new Figure(filled.heading(), charts, legend, filled.anchor());
  }

  private static List<Series> join(List<Series> ours, List<Series> papers) {
    List<Series> both = new ArrayList<>(ours);
    both.addAll(papers);
    return both;
  }

  private static List<Series> series(
      FilledTable filled, Plot plot, int column, boolean printed, int firstStyle) {
    List<Series> all = new ArrayList<>();
    int style = firstStyle;
    for (Map.Entry<String, List<String>> line : plot.lines().entrySet()) {
      List<Series.Mark> marks = new ArrayList<>();
      places(filled, plot, line.getValue())
          .forEach(
              (row, place) -> {
                FilledCell cell = filled.rows().get(row).cells().get(column);
                Series.Mark mark = mark(filled, row, column, cell, place, printed);
                if (mark != null) {
                  marks.add(mark);
                }
              });
      if (!marks.isEmpty()) {
        String name = printed ? line.getKey() + ", printed" : line.getKey();
        all.add(new Series(name, style, marks));
      }
      style++;
    }
    return all;
  }

  /** Number of a row to its place on the axis, empty for a level line. */
  private static Map<Integer, String> places(FilledTable filled, Plot plot, List<String> rows) {
    Map<Integer, String> places = new LinkedHashMap<>();
    for (String template : rows) {
      for (int r = 0; r < filled.rows().size(); r++) {
        FilledRow row = filled.rows().get(r);
        if (row.template().equals(template)) {
          String place = plot.at().getOrDefault(template, row.dimension(plot.x()));
          places.put(r, place);
        }
      }
    }
    return places;
  }

  private static Series.@Nullable Mark mark(
      FilledTable filled, int row, int column, FilledCell cell, String place, boolean printed) {
    String x = place.isEmpty() ? null : place;
    String label = filled.rows().get(row).label() + ": ";
    Double value = cell.printed();
    if (printed) {
      return value == null
          ? null
          : new Series.Mark(x, value, Double.NaN, Double.NaN, label + filled.printed(row, column));
    }
    if (cell.values().isEmpty()) {
      return null;
    }
    Interval interval = Interval.of(cell.values());
    boolean known = interval.isBounded();
    return new Series.Mark(
        x,
        interval.mean(),
        known ? interval.low() : Double.NaN,
        known ? interval.high() : Double.NaN,
        label + filled.ours(row, column));
  }
}
