package org.amalgam.runner.report.drawing;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * Values with their intervals as whiskers: joined by lines where all places on the axis are
 * numbers, as dots side by side where they are names; values without a place are level lines.
 */
public final class PlotChart {
  private static final int MARGIN = 14;
  private static final int BELOW = 46;
  private static final int CHARACTER = 6;
  private static final int MOST_PLACES = 8;

  private final Panel panel;
  private final List<Series> lines;
  private final List<String> places;
  private final boolean isNumeric;
  private final Axis x;
  private final Axis y;

  private PlotChart(String title, List<Series> lines, boolean muted) {
    this.panel = Panel.open(title, muted ? "muted" : "", BELOW);
    this.lines = lines;
    Set<String> named = new LinkedHashSet<>();
    for (Series line : lines) {
      line.marks().stream().map(Series.Mark::x).filter(Objects::nonNull).forEach(named::add);
    }
    this.places = List.copyOf(named);
    this.isNumeric = places.stream().allMatch(PlotChart::isNumber);
    this.x =
        isNumeric
            ? panel.x(places.stream().mapToDouble(Double::parseDouble), MARGIN)
            : new Axis(-0.5, places.size() - 0.5, 1, Panel.LEFT, Panel.WIDTH - Panel.RIGHT);
    this.y =
        panel.y(
            lines.stream()
                .flatMap(line -> line.marks().stream())
                .flatMapToDouble(mark -> DoubleStream.of(mark.y(), mark.low(), mark.high())));
  }

  /**
   * A chart.
   *
   * @param label of the horizontal axis
   * @param muted whether it shows the paper's values and not ours
   */
  public static String svg(String title, String label, List<Series> lines, boolean muted) {
    PlotChart chart = new PlotChart(title, lines, muted);
    chart.axis();
    for (int i = 0; i < lines.size(); i++) {
      chart.draw(lines.get(i), chart.shift(i));
    }
    chart.panel.label(label);
    return chart.panel.close();
  }

  private void axis() {
    if (isNumeric && places.size() > MOST_PLACES) {
      panel.ticks(x);
      return;
    }
    if (isNumeric) {
      places.forEach(place -> panel.tick(pixel(place), place));
      return;
    }
    double room = (double) (Panel.WIDTH - Panel.LEFT - Panel.RIGHT) / places.size();
    int most = Math.max(3, (int) (room / CHARACTER));
    for (int i = 0; i < places.size(); i++) {
      String name = places.get(i);
      panel.tick(x.pixel(i), name.length() > most ? name.substring(0, most - 1) + "…" : name);
    }
  }

  /** So that whiskers of two lines do not cover each other. */
  private double shift(int line) {
    double step = isNumeric ? 3 : 12;
    return (line - (lines.size() - 1) / 2.0) * step;
  }

  private double pixel(String place) {
    return x.pixel(isNumeric ? Double.parseDouble(place) : places.indexOf(place));
  }

  private void draw(Series line, double shift) {
    List<String> joined = new ArrayList<>();
    for (Series.Mark mark : line.marks()) {
      String place = mark.x();
      if (place == null) {
        level(line, mark);
        continue;
      }
      double at = pixel(place) + shift;
      joined.add(Panel.pixel(at) + "," + Panel.pixel(y.pixel(mark.y())));
      mark(line, mark, at);
    }
    if (isNumeric && joined.size() > 1) {
      panel.append(
          "<polyline class=\"line s%d\" points=\"%s\"/>"
              .formatted(line.style(), String.join(" ", joined)));
    }
  }

  private void mark(Series line, Series.Mark mark, double at) {
    panel.append("<g class=\"s%d\"><title>%s</title>".formatted(line.style(), says(line, mark)));
    if (Double.isFinite(mark.low()) && Double.isFinite(mark.high())) {
      String top = Panel.pixel(y.pixel(mark.high()));
      String bottom = Panel.pixel(y.pixel(mark.low()));
      String left = Panel.pixel(at - 3);
      panel.append(
          "<path class=\"whisker\" d=\"M%s %sh6M%s %sV%sM%s %sh6\"/>"
              .formatted(left, top, Panel.pixel(at), top, bottom, left, bottom));
    }
    panel.append(
        "<circle class=\"dot\" cx=\"%s\" cy=\"%s\" r=\"3.5\"/></g>"
            .formatted(Panel.pixel(at), Panel.pixel(y.pixel(mark.y()))));
  }

  private void level(Series line, Series.Mark mark) {
    if (Double.isFinite(mark.low()) && Double.isFinite(mark.high())) {
      double top = y.pixel(mark.high());
      panel.append(
          "<rect class=\"band s%d\" x=\"%d\" width=\"%d\" y=\"%s\" height=\"%s\"/>"
              .formatted(
                  line.style(),
                  Panel.LEFT,
                  Panel.WIDTH - Panel.RIGHT - Panel.LEFT,
                  Panel.pixel(top),
                  Panel.pixel(Math.max(0.5, y.pixel(mark.low()) - top))));
    }
    panel.append(
        "<path class=\"line level s%d\" d=\"M%d %sH%d\"><title>%s</title></path>"
            .formatted(
                line.style(),
                Panel.LEFT,
                Panel.pixel(y.pixel(mark.y())),
                Panel.WIDTH - Panel.RIGHT,
                says(line, mark)));
  }

  private static String says(Series line, Series.Mark mark) {
    return Panel.escaped(line.name() + ": " + mark.says());
  }

  private static boolean isNumber(String text) {
    return text.matches("-?[0-9]+(\\.[0-9]+)?([eE]-?[0-9]+)?");
  }
}
