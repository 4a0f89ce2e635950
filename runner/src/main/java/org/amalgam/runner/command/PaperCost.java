package org.amalgam.runner.command;

import java.util.Locale;
import java.util.Optional;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.runner.report.PaperScale;
import org.amalgam.runner.schedule.Outlook;
import org.amalgam.runner.schedule.Outlook.Expectation;

/**
 * What the pre-training of a plan cost the paper's authors, where it is their own: ViT-B/16 size at
 * batch 1024. Not a prediction for any machine of the user's.
 *
 * @param steps pre-training steps that are not cached
 */
record PaperCost(long steps) {
  private static final long BATCH = 1024;

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
        && PaperScale.isBase(point);
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
        steps * PaperScale.V100_HOURS_A_STEP);
  }
}
