package org.amalgam.stages.training;

/** How a learning rate falls from its peak to zero. */
public enum RateDecay {
  /** In a straight line, as in the paper's trainings. */
  LINEAR,
  /** Along half a cosine, as in BEiT's fine-tuning on images. */
  COSINE
}
