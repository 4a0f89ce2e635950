package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Lines over steps as inline SVG. Colours are the page's, by class, so that one picture serves
 * light, dark and paper; a plot library's SVG has its colours built in.
 */
final class CurveChart {
  /** Distinct line styles of the page: classes {@code s0} to {@code s7}. */
  static final int STYLES = 8;

  private static final int WIDTH = 460;
  private static final int HEIGHT = 240;
  private static final int LEFT = 52;
  private static final int RIGHT = 10;
  private static final int TOP = 26;
  private static final int BOTTOM = 30;
  private static final int TICKS = 4;

  private CurveChart() {}

  /** A chart; {@code lines} are pairs of step and value by name. */
  static String svg(String title, Map<String, List<double[]>> lines) {
    List<double[]> all = lines.values().stream().flatMap(List::stream).toList();
    Axis x = Axis.of(all, p -> p[0], LEFT, WIDTH - RIGHT);
    Axis y = Axis.of(all, p -> p[1], HEIGHT - BOTTOM, TOP);
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">"
            .formatted(WIDTH, HEIGHT, escaped(title)));
    svg.append("<text class=\"title\" x=\"%d\" y=\"15\">%s</text>".formatted(LEFT, escaped(title)));
    for (double tick : y.ticks()) {
      String at = text(y.pixel(tick));
      svg.append(
          "<path class=\"grid\" d=\"M%d %sH%d\"/>".formatted(LEFT, at, WIDTH - RIGHT)
              + "<text class=\"y\" x=\"%d\" y=\"%s\">%s</text>"
                  .formatted(LEFT - 6, text(y.pixel(tick) + 4), label(tick, y.step())));
    }
    for (double tick : x.ticks()) {
      svg.append(
          "<text class=\"x\" x=\"%s\" y=\"%d\">%s</text>"
              .formatted(text(x.pixel(tick)), HEIGHT - 10, label(tick, x.step())));
    }
    int style = 0;
    for (Map.Entry<String, List<double[]>> line : lines.entrySet()) {
      svg.append(
          "<polyline class=\"line s%d\" points=\"%s\"><title>%s</title></polyline>"
              .formatted(style++ % STYLES, points(line.getValue(), x, y), escaped(line.getKey())));
    }
    return svg.append("</svg>").toString();
  }

  private static String points(List<double[]> line, Axis x, Axis y) {
    StringBuilder points = new StringBuilder();
    for (double[] point : line) {
      points.append(points.isEmpty() ? "" : " ");
      points.append(text(x.pixel(point[0]))).append(',').append(text(y.pixel(point[1])));
    }
    return points.toString();
  }

  private static String text(double pixel) {
    return String.format(Locale.ROOT, "%.1f", pixel);
  }

  /** As many decimals as neighbouring ticks need to differ. */
  private static String label(double value, double step) {
    double size = Math.max(Math.abs(value), step);
    if (size >= 1e6 || step < 1e-4) {
      return String.format(Locale.ROOT, "%.1e", value);
    }
    int decimals = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  /** A linear scale from values to pixels, ends rounded outwards to ticks. */
  private record Axis(double low, double high, double step, double from, double to) {
    static Axis of(
        List<double[]> points, ToDoubleFunction<double[]> value, double from, double to) {
      double low = points.stream().mapToDouble(value).min().orElse(0);
      double high = points.stream().mapToDouble(value).max().orElse(1);
      if (high == low) {
        high = low + Math.max(1e-9, Math.abs(low) * 0.1);
      }
      double raw = (high - low) / TICKS;
      double power = Math.pow(10, Math.floor(Math.log10(raw)));
      double mantissa = raw / power;
      double step = power * (mantissa <= 1 ? 1 : mantissa <= 2 ? 2 : mantissa <= 5 ? 5 : 10);
      return new Axis(Math.floor(low / step) * step, Math.ceil(high / step) * step, step, from, to);
    }

    double pixel(double value) {
      return from + (value - low) / (high - low) * (to - from);
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      long count = Math.round((high - low) / step);
      for (long i = 0; i <= count; i++) {
        ticks.add(low + i * step);
      }
      return ticks;
    }
  }
}
