package org.amalgam.runner.report;

import org.amalgam.pipelines.plan.Point;

/** What of a plan is of the size that the paper states a cost for, and that cost (appendix A). */
public final class PaperScale {
  /** 48 V100 for 3.5 days are 200,000 steps of pre-training. */
  public static final double V100_HOURS_A_STEP = 48 * 3.5 * 24 / 200_000;

  private static final double BASE_WIDTH = 768;

  private PaperScale() {}

  /** Whether the initial weights that a point goes back to are of the paper's base width. */
  public static boolean isBase(Point point) {
    if (point.settings().get("width") instanceof Number width) {
      return width.doubleValue() == BASE_WIDTH;
    }
    return point.inputs().entrySet().stream()
        .filter(port -> port.getKey().equals("model"))
        .flatMap(port -> port.getValue().stream())
        .anyMatch(PaperScale::isBase);
  }
}
