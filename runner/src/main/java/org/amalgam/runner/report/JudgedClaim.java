package org.amalgam.runner.report;

import java.util.List;
import java.util.Locale;
import org.amalgam.pipelines.recipe.Claim;
import org.jspecify.annotations.Nullable;

/**
 * A claim with its verdict and the numbers behind it.
 *
 * @param comparisons one for each two numbers that a predicate compares
 */
public record JudgedClaim(Claim claim, ClaimVerdict verdict, List<Comparison> comparisons) {
  /**
   * Two numbers and what the claim says of their difference.
   *
   * @param first what is above, or level
   * @param isAbove whether it is about the order; else about the distance
   * @param margin the line that the difference must be above, or the distance it must be within
   * @param differences first less second, one for each replicate
   * @param interval of the differences; null where there are none
   * @param printed the difference of the paper's own values, in the paper's unit; null where the
   *     paper prints none
   * @param missing why there are no differences; empty if there are
   */
  public record Comparison(
      String first,
      String second,
      boolean isAbove,
      double margin,
      List<Double> differences,
      @Nullable Interval interval,
      ClaimVerdict verdict,
      @Nullable Double printed,
      String missing) {
    /** {@code ours / VQA above merging baseline / VQA}, with the margin where there is one. */
    public String statement() {
      String with =
          isAbove
              ? margin == 0 ? "" : String.format(Locale.ROOT, " by more than %s", label(margin))
              : " within " + label(margin);
      return first + (isAbove ? " above " : " level with ") + second + with;
    }

    /** {@code +6.81 [+5.20, +8.42], 3 replicates; in print +2.70}. */
    public String evidence() {
      String ours =
          interval == null
              ? missing
              : interval.signed()
                  + (interval.isBounded()
                      ? ", " + interval.n() + " replicates"
                      : ", one replicate: no interval");
      return printed == null
          ? ours
          : ours + String.format(Locale.ROOT, "; in print %+.2f", printed);
    }

    /** Whether it is so of the paper's own values; null where the paper prints none. */
    public @Nullable Boolean holdsInPrint() {
      // printed digits: a difference that is the margin up to rounding of the sum counts
      return printed == null
          ? null
          : isAbove ? printed > margin : Math.abs(printed) < margin + 1e-9;
    }

    private static String label(double margin) {
      return org.amalgam.pipelines.recipe.Labels.of(margin);
    }
  }

  /** The first comparison that has the claim's verdict, in one line. */
  public String deciding() {
    return comparisons.stream()
        .filter(comparison -> comparison.verdict() == verdict)
        .findFirst()
        .map(comparison -> comparison.statement() + ": " + comparison.evidence())
        .orElse("");
  }

  /** Whether all of it is so of the paper's own values; null where the paper prints too few. */
  public @Nullable Boolean holdsInPrint() {
    boolean all = true;
    for (Comparison comparison : comparisons) {
      Boolean holds = comparison.holdsInPrint();
      if (holds == null) {
        return null;
      }
      all &= holds;
    }
    return all;
  }
}
