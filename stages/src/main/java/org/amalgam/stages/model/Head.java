package org.amalgam.stages.model;

/** What a model can have on top of the trunk (facts of the released code, section 1.7). */
public enum Head {
  /** Both contrastive projections with their temperatures. */
  ITC,
  /** Image-text matching on the pooled feature. */
  ITM,
  /** Masked language modelling on text features. */
  MLM,
  /** Only the unimodal contrastive projections: fine-tuned retrieval. */
  RETRIEVAL,
  /** Answers of VQA from the pooled feature. */
  VQA,
  /** Whether a sentence holds of two images, from the two pooled features side by side. */
  NLVR2,
  /** The class of an image from the mean of its patches; vision encoder only. */
  CLASSIFICATION,
  /** The class of each pixel, by a light decoder over the patches; vision encoder only. */
  SEGMENTATION;

  /** Whether the task reads images alone, so that its model has no text side. */
  boolean isVisionOnly() {
    return this == CLASSIFICATION || this == SEGMENTATION;
  }
}
