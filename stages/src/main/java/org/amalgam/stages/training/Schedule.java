package org.amalgam.stages.training;

/**
 * Linear warm-up, then linear decay to zero, over one stage (facts of the released code, section
 * 2.2).
 *
 * @param peak the highest rate
 * @param steps all steps of the stage
 * @param warmupSteps steps until the peak
 */
record Schedule(double peak, int steps, int warmupSteps) {
  /** A schedule whose warm-up is a share of all steps, rounded down. */
  static Schedule of(double peak, int steps, double warmup) {
    return new Schedule(peak, steps, (int) (warmup * steps));
  }

  /** The rate of a step, counted from 0: it is 0 at step 0 of a warm-up and at {@code steps}. */
  double rate(int step) {
    if (step < warmupSteps) {
      return peak * step / warmupSteps;
    }
    return peak * Math.max(0, steps - step) / Math.max(1, steps - warmupSteps);
  }
}
