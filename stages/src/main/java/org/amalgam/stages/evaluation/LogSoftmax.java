package org.amalgam.stages.evaluation;

/** Cross-entropy of logits in double precision. */
final class LogSoftmax {
  private LogSoftmax() {}

  /** Minus the logarithm of the probability of a class. */
  static double loss(float[] logits, int target) {
    double highest = Double.NEGATIVE_INFINITY;
    for (float each : logits) {
      highest = Math.max(highest, each);
    }
    double sum = 0;
    for (float each : logits) {
      sum += Math.exp(each - highest);
    }
    return highest + Math.log(sum) - logits[target];
  }
}
