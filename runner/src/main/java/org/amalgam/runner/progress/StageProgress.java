package org.amalgam.runner.progress;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How far one running stage is. The stage's thread writes, the display reads; rates are over the
 * last seconds, so that a slow start or a resumed checkpoint does not spoil the estimate.
 */
final class StageProgress {
  private static final long WINDOW_NANOS = 10_000_000_000L;

  private final long startNanos;
  private long done;
  private long total;
  private String unit = "";
  private Map<String, Double> shown = Map.of();
  private long anchorNanos;
  private long anchorDone;
  private long previousNanos;
  private long previousDone;
  private boolean reported;
  private String waiting = "";

  StageProgress(long nowNanos) {
    startNanos = nowNanos;
  }

  synchronized void at(
      long nowNanos, long nowDone, long nowTotal, String nowUnit, Map<String, Double> nowShown) {
    if (!reported || nowDone < done || !nowUnit.equals(unit)) {
      anchorNanos = nowNanos;
      anchorDone = nowDone;
      previousNanos = nowNanos;
      previousDone = nowDone;
      reported = true;
    } else if (nowNanos - previousNanos > WINDOW_NANOS) {
      anchorNanos = previousNanos;
      anchorDone = previousDone;
      previousNanos = nowNanos;
      previousDone = nowDone;
    }
    done = nowDone;
    total = nowTotal;
    unit = nowUnit;
    shown = nowShown.isEmpty() ? nowShown : new LinkedHashMap<>(nowShown);
  }

  /** Says whom the stage waits for, until it reports. */
  synchronized void waitsFor(String holder) {
    waiting = "  waits for " + holder;
  }

  synchronized boolean hasTotal() {
    return reported && total > 0;
  }

  /** In [0, 1]. */
  synchronized double fraction() {
    return total > 0 ? Math.min(1, Math.max(0, (double) done / total)) : 0;
  }

  double seconds(long nowNanos) {
    return (nowNanos - startNanos) / 1e9;
  }

  /** Units a second; 0 while unknown. */
  synchronized double rate(long nowNanos) {
    double span = (nowNanos - anchorNanos) / 1e9;
    return done > anchorDone && span > 0 ? (done - anchorDone) / span : 0;
  }

  /** {@code 312/600 step 5.8/s ETA 0:50 loss 3.21}; the time where nothing is reported yet. */
  synchronized String text(long nowNanos) {
    if (!reported) {
      return Elapsed.clock(Math.round(seconds(nowNanos))) + waiting;
    }
    StringBuilder text = new StringBuilder();
    text.append(done);
    if (total > 0) {
      text.append('/').append(total);
    }
    text.append(' ').append(unit);
    double rate = rate(nowNanos);
    if (rate > 0) {
      text.append("  ").append(number(rate)).append("/s");
      if (total > done) {
        text.append("  ETA ").append(Elapsed.clock(Math.round((total - done) / rate)));
      }
    }
    shown.forEach(
        (name, value) -> text.append("  ").append(name).append(' ').append(number(value)));
    return text.toString();
  }

  private static String number(double value) {
    double size = Math.abs(value);
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    if (size != 0 && (size < 1e-3 || size >= 1e6)) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.3f", value);
  }
}
