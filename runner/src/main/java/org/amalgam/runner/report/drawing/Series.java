package org.amalgam.runner.report.drawing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of a plot.
 *
 * @param style number of its colour
 * @param marks its values, in the order of the axis
 */
public record Series(String name, int style, List<Mark> marks) {
  /**
   * A value with its interval.
   *
   * @param x place on the axis, as the recipe writes it; null for a level line
   * @param low lower end; NaN where it is not known
   * @param high upper end; NaN where it is not known
   */
  public record Mark(@Nullable String x, double y, double low, double high, String says) {}
}
