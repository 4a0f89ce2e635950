package org.amalgam.runner.report.drawing;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** One chart's frame: title, grid and ticks; its parts are appended in pixels. */
final class Panel {
  static final int WIDTH = 460;
  static final int HEIGHT = 240;
  static final int LEFT = 52;
  static final int RIGHT = 10;
  static final int TOP = 26;
  static final int BOTTOM = 30;

  private final StringBuilder svg = new StringBuilder();
  private final int height;

  private Panel(int height) {
    this.height = height;
  }

  /**
   * Opens a chart.
   *
   * @param style more classes of the picture; may be empty
   * @param below pixels below the plot, for ticks and the axis' label
   */
  static Panel open(String title, String style, int below) {
    Panel panel = new Panel(HEIGHT - BOTTOM + below);
    panel.append(
        "<svg class=\"chart %s\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">"
            .formatted(style, WIDTH, panel.height, escaped(title)));
    panel.append(
        "<text class=\"title\" x=\"%d\" y=\"15\">%s</text>".formatted(LEFT, escaped(title)));
    return panel;
  }

  Axis x(DoubleStream values, int margin) {
    return Axis.of(values, LEFT + margin, WIDTH - RIGHT - margin);
  }

  /** The vertical axis of these values, with its grid. */
  Axis y(DoubleStream values) {
    Axis y = Axis.of(values, HEIGHT - BOTTOM, TOP);
    for (double tick : y.ticks()) {
      append(
          "<path class=\"grid\" d=\"M%d %sH%d\"/>"
                  .formatted(LEFT, pixel(y.pixel(tick)), WIDTH - RIGHT)
              + "<text class=\"y\" x=\"%d\" y=\"%s\">%s</text>"
                  .formatted(LEFT - 6, pixel(y.pixel(tick) + 4), y.label(tick)));
    }
    return y;
  }

  void ticks(Axis x) {
    for (double tick : x.ticks()) {
      tick(x.pixel(tick), x.label(tick));
    }
  }

  void tick(double at, String label) {
    append(
        "<text class=\"x\" x=\"%s\" y=\"%d\">%s</text>"
            .formatted(pixel(at), HEIGHT - BOTTOM + 20, escaped(label)));
  }

  /** The label of the horizontal axis. */
  void label(String label) {
    append(
        "<text class=\"x\" x=\"%d\" y=\"%d\">%s</text>"
            .formatted((LEFT + WIDTH - RIGHT) / 2, height - 6, escaped(label)));
  }

  void append(String part) {
    svg.append(part);
  }

  String close() {
    return svg.append("</svg>").toString();
  }

  static String pixel(double pixel) {
    return String.format(Locale.ROOT, "%.1f", pixel);
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
