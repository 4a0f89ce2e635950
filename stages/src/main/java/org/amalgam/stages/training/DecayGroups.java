package org.amalgam.stages.training;

import java.util.List;

/** Which tensors weight decay leaves alone (facts of the released code, D16). */
public enum DecayGroups {
  /** Biases, relative positions and the scales of all norms. */
  PAPER {
    @Override
    boolean decays(String name) {
      return !name.contains("bias")
          && !name.contains("norm")
          && !name.contains("LayerNorm")
          && !name.endsWith("_classifier.1.weight");
    }
  },
  /**
   * What the released code's list names. It spells no norm of one modality ({@code
   * norm1.v.weight}), nor those inside classifiers, so the scales of these decay.
   */
  AS_RELEASED {
    @Override
    boolean decays(String name) {
      return NAMED.stream().noneMatch(name::contains);
    }
  };

  private static final List<String> NAMED =
      List.of("bias", "LayerNorm.weight", "norm.weight", "norm1.weight", "norm2.weight");

  abstract boolean decays(String name);
}
