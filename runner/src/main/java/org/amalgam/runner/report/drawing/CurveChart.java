package org.amalgam.runner.report.drawing;

import java.util.List;
import java.util.Map;

/** Lines over steps. */
public final class CurveChart {
  /** Distinct line styles of the page: classes {@code s0} to {@code s7}. */
  public static final int STYLES = 8;

  private CurveChart() {}

  /** A chart; {@code lines} are pairs of step and value by name. */
  public static String svg(String title, Map<String, List<double[]>> lines) {
    List<double[]> all = lines.values().stream().flatMap(List::stream).toList();
    Panel panel = Panel.open(title, "", Panel.BOTTOM);
    Axis x = panel.x(all.stream().mapToDouble(p -> p[0]), 0);
    Axis y = panel.y(all.stream().mapToDouble(p -> p[1]));
    panel.ticks(x);
    int style = 0;
    for (Map.Entry<String, List<double[]>> line : lines.entrySet()) {
      panel.append(
          "<polyline class=\"line s%d\" points=\"%s\"><title>%s</title></polyline>"
              .formatted(
                  style++ % STYLES, points(line.getValue(), x, y), Panel.escaped(line.getKey())));
    }
    return panel.close();
  }

  private static String points(List<double[]> line, Axis x, Axis y) {
    StringBuilder points = new StringBuilder();
    for (double[] point : line) {
      points.append(points.isEmpty() ? "" : " ");
      points.append(Panel.pixel(x.pixel(point[0])));
      points.append(',').append(Panel.pixel(y.pixel(point[1])));
    }
    return points.toString();
  }
}
