package org.amalgam.stages.training;

/**
 * Linear warm-up, then decay to zero, over one stage (facts of the released code, section 2.2).
 *
 * @param peak the highest rate
 * @param steps all steps of the stage
 * @param warmupSteps steps until the peak
 * @param decay how it falls afterwards
 */
record Schedule(double peak, int steps, int warmupSteps, RateDecay decay) {
  /** A schedule whose warm-up is a share of all steps, rounded down. */
  static Schedule of(double peak, int steps, double warmup, RateDecay decay) {
    return new Schedule(peak, steps, (int) (warmup * steps), decay);
  }

  /** The rate of a step, counted from 0: it is 0 at step 0 of a warm-up and at {@code steps}. */
  double rate(int step) {
    if (step < warmupSteps) {
      return peak * step / warmupSteps;
    }
    int left = Math.max(0, steps - step);
    int all = Math.max(1, steps - warmupSteps);
    return switch (decay) {
      case LINEAR -> peak * left / all;
      case COSINE -> peak * (0.5 - 0.5 * StrictMath.cos(Math.PI * left / all));
    };
  }
}
