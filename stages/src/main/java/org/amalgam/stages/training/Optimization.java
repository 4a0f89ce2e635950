package org.amalgam.stages.training;

import org.amalgam.stages.model.Dropout;
import org.amalgam.stages.tensor.AdamW;
import org.amalgam.stages.tensor.FlatParameters;

/**
 * How weights are moved: AdamW under a linear schedule (paper, appendix A).
 *
 * @param steps updates in all
 * @param batch samples of one update
 * @param rate peak learning rate
 * @param warmup share of the steps in which the rate rises
 * @param weightDecay decoupled, of matrices
 * @param clip longest gradient, 0 for no clipping
 * @param headRate factor on the rate of a task head
 * @param dropPath the last layer's probability of dropping a residual branch
 * @param textDropout of the text embedding's entries
 */
record Optimization(
    int steps,
    int batch,
    double rate,
    double warmup,
    double weightDecay,
    double clip,
    double headRate,
    double dropPath,
    double textDropout) {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.98;
  private static final double EPSILON = 1e-8;

  Schedule schedule() {
    return Schedule.of(rate, steps, warmup);
  }

  AdamW.Options adamW() {
    return new AdamW.Options(BETA1, BETA2, EPSILON, weightDecay, clip);
  }

  Dropout dropout(long seed, int step) {
    return new Dropout(dropPath, textDropout, seed, step, 0);
  }

  /** Biases, relative positions and the scales of norms do not decay. */
  FlatParameters.Group group(String name) {
    boolean fixed =
        name.contains("bias")
            || name.contains("norm")
            || name.contains("LayerNorm")
            || name.endsWith("_classifier.1.weight");
    return new FlatParameters.Group(!fixed, name.contains("_classifier") ? headRate : 1);
  }
}
