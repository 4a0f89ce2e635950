package org.amalgam.stages.model;

import ai.djl.ndarray.NDArray;

/** Sees what goes into the layers' linear maps as a pass runs. */
public interface LinearInputs {
  /**
   * What a matrix is multiplied with. Queries, keys and values have one matrix and one input.
   *
   * @param weight the matrix's name, such as {@code transformer.blocks.0.mlp.v.fc1.weight}
   * @param inputs f32 whose last dimension is the matrix's input, token after token of one sequence
   *     after the other; gone when this returns
   */
  void of(String weight, NDArray inputs);
}
