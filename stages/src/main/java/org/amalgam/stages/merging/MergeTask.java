package org.amalgam.stages.merging;

import java.util.List;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.expert.ExpertSlot;

/** The task that a merged model is for, where a method looks at it. */
public enum MergeTask {
  /** None in particular. */
  ANY,
  /** Image-text retrieval: images and texts apart, so the cross-modal experts are not used. */
  RETRIEVAL,
  /** Visual question answering: jointly, so the top layers use only the cross-modal experts. */
  VQA,
  /** Reasoning about pairs of images; jointly like {@link #VQA}. */
  NLVR2;

  /** The experts of a place that the task's forward pass goes through. */
  List<String> usedExperts(ExpertSlot slot) {
    if (!slot.isCross() || this == ANY) {
      return slot.experts();
    }
    return this == RETRIEVAL
        ? List.of(ExpertName.VISION, ExpertName.LANGUAGE)
        : List.of(ExpertName.CROSS);
  }
}
