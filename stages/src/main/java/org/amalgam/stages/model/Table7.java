package org.amalgam.stages.model;

import java.util.Optional;
import java.util.Set;

/**
 * The paper's Table 7: millions of parameters of each architecture on VQA, and what it probably
 * counted.
 *
 * <p>Every cell is 1.2 to 2.0 million above the trainable parameters. Added to the entries of the
 * three index tables that such a model registers as buffers, all five round to what is printed
 * (facts of the released code, section 1.8). The paper does not say what it counts: this is an
 * inference.
 */
public final class Table7 {
  private Table7() {}

  /** What the table prints for a model like this one, in millions; none for other models. */
  public static Optional<Integer> printed(ModelConfig config) {
    ModelConfig counted =
        ModelSize.BASE.config(
            config.architecture(), Set.of(Head.VQA), config.imageSize(), config.answers());
    if (!counted.equals(config)) {
      return Optional.empty();
    }
    return Optional.of(
        switch (config.architecture()) {
          case MODALITY_SPECIFIC -> 217;
          case CUSTOM_ATTENTION -> 151;
          case CUSTOM_FFN -> 184;
          case CUSTOM_LAYER_NORM, CUSTOM_LAYER_NORM_AS_RELEASED -> 118;
          case MODALITY_AGNOSTIC -> 118;
        });
  }

  /** Entries of the index tables of relative positions: image, text, and both together. */
  public static long indexEntries(ModelConfig config) {
    long image = config.imageTokens();
    long text = config.textLength();
    return image * image + text * text + (image + text) * (image + text);
  }
}
