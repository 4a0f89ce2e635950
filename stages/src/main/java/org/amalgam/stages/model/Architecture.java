package org.amalgam.stages.model;

/**
 * Which sub-layers each modality has for itself (paper section 3.1, Table 7). Everything else, and
 * always LayerScale, the final norm, embeddings and relative positions, is shared.
 */
public enum Architecture {
  MODALITY_SPECIFIC(true, true, true, true),
  MODALITY_AGNOSTIC(false, false, false, false),
  CUSTOM_ATTENTION(true, false, true, false),
  CUSTOM_FFN(false, true, false, true),
  CUSTOM_LAYER_NORM(false, false, true, true),
  /**
   * As the released {@code ln_moe} alone behaves: a joint pass attends over text and image in every
   * layer, not in the top M only (facts of the released code, D7).
   */
  CUSTOM_LAYER_NORM_AS_RELEASED(false, false, true, true);

  private final boolean attention;
  private final boolean ffn;
  private final boolean norm1;
  private final boolean norm2;

  Architecture(boolean attention, boolean ffn, boolean norm1, boolean norm2) {
    this.attention = attention;
    this.ffn = ffn;
    this.norm1 = norm1;
    this.norm2 = norm2;
  }

  /** Whether the sub-layer has an expert for each modality. */
  public boolean isCustom(SubLayer subLayer) {
    return switch (subLayer) {
      case ATTENTION -> attention;
      case FFN -> ffn;
      case NORM1 -> norm1;
      case NORM2 -> norm2;
    };
  }

  /**
   * Whether a joint pass attends over both modalities from the first layer on, so that its lower
   * layers are not those of the unimodal passes.
   */
  public boolean attendsJointlyBelow() {
    return this == CUSTOM_LAYER_NORM_AS_RELEASED;
  }

  /** The name in recipes and in config.json. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** The architecture of a name in recipes. */
  public static Architecture ofLabel(String label) {
    for (Architecture architecture : values()) {
      if (architecture.label().equals(label)) {
        return architecture;
      }
    }
    throw new IllegalArgumentException("no architecture is named " + label);
  }
}
