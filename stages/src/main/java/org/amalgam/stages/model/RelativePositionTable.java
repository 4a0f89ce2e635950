package org.amalgam.stages.model;

import java.util.List;
import org.amalgam.stages.tensor.HostTensor;

/** The one table of relative positions, made of a vision model's. */
public final class RelativePositionTable {
  private RelativePositionTable() {}

  /** Rows of the table of a model whose images alone take so many; 0 if no grid takes so many. */
  public static long rowsFor(long imageRows) {
    long rows = imageRows + RelativePositions.TEXT_ROWS;
    return RelativePositions.offsets(rows) > 0 ? rows : 0;
  }

  /**
   * Puts the tables of all layers side by side and rows of zeros for texts below them (facts of the
   * released code, section 1.3).
   *
   * @param layers of each layer: (2g-1)^2 + 3 rows of one column a head, floating
   */
  public static HostTensor ofImages(List<HostTensor> layers) {
    long[] shape = layers.get(0).info().shape();
    int heads = Math.toIntExact(shape[1]);
    int columns = heads * layers.size();
    int rows = Math.toIntExact(shape[0] + RelativePositions.TEXT_ROWS);
    float[] table = new float[rows * columns];
    for (int layer = 0; layer < layers.size(); layer++) {
      float[] own = layers.get(layer).floats();
      for (int row = 0; row < shape[0]; row++) {
        System.arraycopy(own, row * heads, table, row * columns + layer * heads, heads);
      }
    }
    return HostTensor.ofFloats(table, rows, columns);
  }
}
