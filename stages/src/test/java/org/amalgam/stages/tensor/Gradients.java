package org.amalgam.stages.tensor;

import ai.djl.ndarray.NDArray;

/** Looks at the gradient that backward left, which the program only hands to the optimizer. */
public final class Gradients {
  private Gradients() {}

  /** A copy of the flat gradient, in the order of the parameters. */
  public static float[] of(FlatParameters parameters) {
    try (NDArray gradient = parameters.gradient()) {
      return gradient.toFloatArray();
    }
  }
}
