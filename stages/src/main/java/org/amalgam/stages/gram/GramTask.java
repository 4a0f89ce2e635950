package org.amalgam.stages.gram;

import java.util.List;
import org.amalgam.stages.expert.ExpertName;

/**
 * What a model does while its inputs are looked at: which data it reads, and through which experts
 * of the top layers (facts of the released code, sections 1.6 and 3.4).
 */
public enum GramTask {
  /** Captions and their images apart: the vision and language experts in all layers. */
  RETRIEVAL(false),
  /** Questions with their images: the cross-modal experts in the top layers. */
  VQA(true),
  /** Statements with each of their two images: the cross-modal experts in the top layers. */
  NLVR2(true),
  /** Captions and their images, apart and together: every expert of every layer. */
  PRETRAINING(true);

  private final boolean joint;

  GramTask(boolean joint) {
    this.joint = joint;
  }

  /** Whether texts and images go through the top layers together. */
  boolean isJoint() {
    return joint;
  }

  /** Whether texts and images go through the top layers apart. */
  boolean isApart() {
    return this == RETRIEVAL || this == PRETRAINING;
  }

  /** The experts that a layer's tokens go through. */
  List<String> experts(boolean isCross) {
    if (!isCross || !joint) {
      return List.of(ExpertName.VISION, ExpertName.LANGUAGE);
    }
    return isApart() ? ExpertName.EXPERTS : List.of(ExpertName.CROSS);
  }
}
