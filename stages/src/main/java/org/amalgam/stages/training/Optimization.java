package org.amalgam.stages.training;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.amalgam.stages.model.Dropout;
import org.amalgam.stages.tensor.AdamW;
import org.amalgam.stages.tensor.FlatParameters;

/**
 * How weights are moved: AdamW under a schedule (paper, appendix A).
 *
 * @param steps updates in all
 * @param rate peak learning rate
 * @param warmup share of the steps in which the rate rises
 * @param decay how the rate falls
 * @param weightDecay decoupled, of what {@code decayGroups} lets decay
 * @param epsilon added to the root of the mean squared gradient
 * @param clip longest gradient, 0 for no clipping
 * @param headRate factor on the rate of a task head
 * @param layerDecay factor from a layer's rate to that of the layer below, 1 for none
 * @param parts micro-batches whose mean gradient makes an update
 * @param dropPath the last layer's probability of dropping a residual branch
 * @param textDropout of the text embedding's entries
 * @param checkpointEvery see {@link CheckpointMoments}
 */
record Optimization(
    int steps,
    double rate,
    double warmup,
    RateDecay decay,
    double weightDecay,
    double epsilon,
    DecayGroups decayGroups,
    double clip,
    double headRate,
    double layerDecay,
    int parts,
    double dropPath,
    double textDropout,
    String checkpointEvery) {
  /** The released code's. */
  static final double EPSILON = 1e-8;

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.98;
  private static final Pattern BLOCK = Pattern.compile("transformer\\.blocks\\.(\\d+)\\..*");
  private static final Pattern EMBEDDING =
      Pattern.compile(
          "(text_embeddings|token_type_embeddings|transformer\\.(cls_token|mask_token|patch_embed))"
              + ".*");

  /**
   * Checks that a batch can be cut.
   *
   * @throws IllegalArgumentException if the parts would not be equal, or of one sample alone
   */
  static void checkParts(int batch, int parts) {
    if (batch % parts != 0 || batch / parts < 2) {
      throw new IllegalArgumentException(
          "accumulate must cut the batch of %d into equal parts of at least 2, is %d"
              .formatted(batch, parts));
    }
  }

  Schedule schedule() {
    return Schedule.of(rate, steps, warmup, decay);
  }

  AdamW.Options adamW() {
    return new AdamW.Options(BETA1, BETA2, epsilon, weightDecay, clip);
  }

  Dropout dropout(long seed, int step, int part) {
    return new Dropout(dropPath, textDropout, seed, step, part);
  }

  /**
   * How a tensor is updated.
   *
   * @param layers of the model
   */
  FlatParameters.Group group(String name, int layers) {
    double head = name.contains("_classifier") ? headRate : 1;
    return new FlatParameters.Group(
        decayGroups.decays(name), head * Math.pow(layerDecay, layers + 1 - depth(name, layers)));
  }

  /**
   * Where a tensor stands, as BEiT's fine-tuning counts: 0 for embeddings, then the layers from 1,
   * then all else, which includes the positions that layers share.
   */
  private static int depth(String name, int layers) {
    if (EMBEDDING.matcher(name).matches()) {
      return 0;
    }
    Matcher block = BLOCK.matcher(name);
    return block.matches() ? Integer.parseInt(block.group(1)) + 1 : layers + 1;
  }
}
