package org.amalgam.stages.model;

import org.amalgam.stages.tensor.HostTensor;

/** Tensors whose size depends on the task: how one model's become another's. */
final class Refit {
  private Refit() {}

  /**
   * The tensor in the wanted shape where there is a way, else as it is. A type embedding that gains
   * a row for the second image of NLVR2 starts it as a copy of the first image's, as the released
   * code does.
   */
  static HostTensor toShape(String name, HostTensor tensor, long[] wanted) {
    long[] shape = tensor.info().shape();
    if (name.equals("token_type_embeddings.weight")
        && shape.length == 2
        && wanted[1] == shape[1]
        && wanted[0] != shape[0]) {
      return types(tensor, Math.toIntExact(wanted[0]));
    }
    return tensor;
  }

  private static HostTensor types(HostTensor tensor, int rows) {
    float[] from = tensor.floats();
    int width = Math.toIntExact(tensor.info().shape()[1]);
    float[] to = new float[rows * width];
    for (int row = 0; row < rows; row++) {
      int source = Math.min(row, 1);
      System.arraycopy(from, source * width, to, row * width, width);
    }
    return HostTensor.ofFloats(to, rows, width);
  }
}
