package org.amalgam.runner.report.drawing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** A linear scale from values to pixels, ends rounded outwards to ticks. */
record Axis(double low, double high, double step, double from, double to) {
  private static final int TICKS = 4;

  /** The axis of some values between two pixels; values that are not finite are passed over. */
  static Axis of(DoubleStream values, double from, double to) {
    double[] finite = values.filter(Double::isFinite).sorted().toArray();
    double low = finite.length == 0 ? 0 : finite[0];
    double high = finite.length == 0 ? 1 : finite[finite.length - 1];
    if (high == low) {
      double margin = Math.max(1e-9, Math.abs(low) * 0.1);
      high = low + margin;
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

  /** As many decimals as neighbouring ticks need to differ. */
  String label(double value) {
    double size = Math.max(Math.abs(value), step);
    if (size >= 1e6 || step < 1e-4) {
      return String.format(Locale.ROOT, "%.1e", value);
    }
    int decimals = Math.max(0, (int) Math.ceil(-Math.log10(step) - 1e-9));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
