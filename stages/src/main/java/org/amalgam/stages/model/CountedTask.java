package org.amalgam.stages.model;

import java.util.EnumSet;
import java.util.Set;

/** What a model is for, where parameters are counted; image sizes and classes are the paper's. */
public enum CountedTask {
  PRETRAINING(EnumSet.of(Head.ITC, Head.ITM, Head.MLM), 224, 0),
  VQA(EnumSet.of(Head.VQA), 480, 3129),
  RETRIEVAL(EnumSet.of(Head.RETRIEVAL), 384, 0),
  NLVR2(EnumSet.of(Head.NLVR2), 384, 0),
  CLASSIFICATION(EnumSet.of(Head.CLASSIFICATION), 224, 1000),
  SEGMENTATION(EnumSet.of(Head.SEGMENTATION), 512, 150);

  private final Set<Head> heads;
  private final int imageSize;
  private final int classes;

  CountedTask(Set<Head> heads, int imageSize, int classes) {
    this.heads = heads;
    this.imageSize = imageSize;
    this.classes = classes;
  }

  public Set<Head> heads() {
    return heads;
  }

  /** Side of an image in pixels. */
  public int imageSize() {
    return imageSize;
  }

  /** Answers or classes; 0 for a task without. */
  public int classes() {
    return classes;
  }
}
