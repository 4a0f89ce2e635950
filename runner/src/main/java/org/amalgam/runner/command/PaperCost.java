package org.amalgam.runner.command;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.runner.schedule.Outlook;
import org.amalgam.runner.schedule.Outlook.Expectation;

/**
 * What the pre-training of a plan cost the paper's authors, where it is their own: ViT-B/16 size at
 * batch 1024. Not a prediction for any machine of the user's.
 *
 * @param steps pre-training steps that are not cached
 */
record PaperCost(long steps) {
  /**
   * Appendix A: 200k steps on 48 V100 for 3.5 days, that is 4032 V100-hours; the paper says nothing
   * of other scales.
   */
  private static final double V100_HOURS_A_STEP = 4032.0 / 200_000;

  private static final long BATCH = 1024;
  private static final long WIDTH = 768;

  /** Empty where no such pre-training is left to do. */
  static Optional<PaperCost> of(Outlook outlook) {
    long steps =
        outlook.points().stream()
            .filter(one -> one.expectation() != Expectation.CACHED)
            .map(Outlook.Expected::point)
            .filter(PaperCost::isThePapers)
            .mapToLong(point -> number(point, "steps"))
            .sum();
    return steps == 0 ? Optional.empty() : Optional.of(new PaperCost(steps));
  }

  private static boolean isThePapers(Point point) {
    return point.type().name().equals("pretrain")
        && number(point, "batch") == BATCH
        && hasWidth(point);
  }

  /** The width is a setting of the initial weights. */
  private static boolean hasWidth(Point point) {
    return number(point, "width") == WIDTH
        || point.inputs().values().stream().flatMap(List::stream).anyMatch(PaperCost::hasWidth);
  }

  private static long number(Point point, String setting) {
    return point.settings().get(setting) instanceof Number number ? number.longValue() : -1;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d steps of it are pre-training at the paper's own scale: at its authors' 0.02016"
            + " V100-hours a step that is about %,.0f V100-hours. No time of this program is"
            + " known.",
        steps,
        steps * V100_HOURS_A_STEP);
  }
}
