package org.amalgam.runner.report.drawing;

import java.util.List;

/** Pairs of numbers as dots. */
public final class ScatterChart {
  private ScatterChart() {}

  /** A dot, and what to say where one points at it. */
  public record Dot(double x, double y, String says) {}

  /**
   * A chart.
   *
   * @param x what is along the horizontal axis
   * @param style number of its colour
   */
  public static String svg(String title, String x, int style, List<Dot> dots) {
    Panel panel = Panel.open(title, "", 46);
    Axis across = panel.x(dots.stream().mapToDouble(Dot::x), 10);
    Axis up = panel.y(dots.stream().mapToDouble(Dot::y));
    panel.ticks(across);
    for (Dot dot : dots) {
      panel.append(
          "<circle class=\"dot s%d\" cx=\"%s\" cy=\"%s\" r=\"4\"><title>%s</title></circle>"
              .formatted(
                  style,
                  Panel.pixel(across.pixel(dot.x())),
                  Panel.pixel(up.pixel(dot.y())),
                  Panel.escaped(dot.says())));
    }
    panel.label(x);
    return panel.close();
  }
}
