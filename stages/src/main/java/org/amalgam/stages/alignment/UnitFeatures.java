package org.amalgam.stages.alignment;

/**
 * Every weight of each of n units in a row, the same weights in the same order for all.
 *
 * @param rows n x length, row-major
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record UnitFeatures(float[] rows, int units, int length) {
  private static final int TILE = 256;

  /** Inner products of every unit of this with every unit of another, n x n, in f32. */
  float[] products(UnitFeatures other) {
    float[] products = new float[units * units];
    float[] turned = new float[length * TILE];
    for (int first = 0; first < units; first += TILE) {
      int width = Math.min(TILE, units - first);
      for (int unit = 0; unit < width; unit++) {
        for (int k = 0; k < length; k++) {
          turned[k * TILE + unit] = other.rows[(first + unit) * length + k];
        }
      }
      for (int unit = 0; unit < units; unit++) {
        addProducts(products, unit * units + first, unit * length, turned, width);
      }
    }
    return products;
  }

  /** The inner loop runs over neighbours, so that the compiler can use wide registers. */
  private void addProducts(float[] into, int at, int row, float[] turned, int width) {
    float[] sums = new float[TILE];
    int k = 0;
    for (; k + 4 <= length; k += 4) {
      float a = rows[row + k];
      float b = rows[row + k + 1];
      float c = rows[row + k + 2];
      float d = rows[row + k + 3];
      int base = k * TILE;
      for (int j = 0; j < TILE; j++) {
        sums[j] +=
            a * turned[base + j]
                + b * turned[base + TILE + j]
                + c * turned[base + 2 * TILE + j]
                + d * turned[base + 3 * TILE + j];
      }
    }
    for (; k < length; k++) {
      for (int j = 0; j < TILE; j++) {
        sums[j] += rows[row + k] * turned[k * TILE + j];
      }
    }
    System.arraycopy(sums, 0, into, at, width);
  }

  /** Euclidean norm of all. */
  double norm() {
    double squares = 0;
    for (float value : rows) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }
}
