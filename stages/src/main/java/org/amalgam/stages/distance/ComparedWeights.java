package org.amalgam.stages.distance;

/** Which of the mergeable weights are compared; the paper says "weight matrices". */
public enum ComparedWeights {
  /** The matrices of linear layers only. */
  MATRICES,
  /** Biases and norms too: all that is merged. */
  ALL
}
