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
  VQA
}
