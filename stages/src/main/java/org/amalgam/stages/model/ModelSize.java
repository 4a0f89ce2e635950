package org.amalgam.stages.model;

import java.util.Set;

/** The sizes of the paper: the transformers of ViT-B/16 and of ViT-Tiny/16 (section 5, table 4). */
public enum ModelSize {
  BASE(768, 12),
  TINY(192, 3);

  private static final int LAYERS = 12;
  private static final int CROSS_LAYERS = 2;
  private static final int PATCH = 16;
  private static final int TEXT_LENGTH = 40;
  private static final int BERT_VOCABULARY = 30_522;

  private final int width;
  private final int heads;

  ModelSize(int width, int heads) {
    this.width = width;
    this.heads = heads;
  }

  /**
   * A model of this size for a task.
   *
   * @param imageSize in pixels
   * @param answers classes of the task's head, 0 without one
   */
  public ModelConfig config(
      Architecture architecture, Set<Head> headSet, int imageSize, int answers) {
    return new ModelConfig(
        architecture,
        width,
        LAYERS,
        CROSS_LAYERS,
        heads,
        PATCH,
        imageSize,
        TEXT_LENGTH,
        BERT_VOCABULARY,
        answers,
        Initialization.PAPER,
        headSet);
  }
}
