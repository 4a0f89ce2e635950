package org.amalgam.stages.distance;

import java.io.IOException;

/**
 * Drops exactly k elements of smallest magnitude from a vector. Of equal magnitudes at the border
 * the first are dropped, so elements must be asked for in the vector's order.
 *
 * <p>The border is found without sorting: non-negative floats are ordered like their bits, so two
 * histograms, of the upper and then of the lower 16 bits, give the k-th smallest exactly in two
 * passes and 512 KiB.
 */
final class Truncation {
  private final int border;
  private long tiesToDrop;

  private Truncation(int border, long tiesToDrop) {
    this.border = border;
    this.tiesToDrop = tiesToDrop;
  }

  /** A vector in pieces, read as often as needed. */
  interface Pieces {
    int count();

    float[] get(int piece) throws IOException;
  }

  /**
   * Finds the border.
   *
   * @param k how many to drop, 0 to the vector's length
   */
  static Truncation of(Pieces vector, long k) throws IOException {
    if (k == 0) {
      return new Truncation(0, 0);
    }
    long[] upper = new long[1 << 15];
    for (int piece = 0; piece < vector.count(); piece++) {
      for (float value : vector.get(piece)) {
        upper[magnitude(value) >>> 16]++;
      }
    }
    int bin = 0;
    long below = 0;
    while (below + upper[bin] < k) {
      below += upper[bin++];
    }
    long[] lower = new long[1 << 16];
    for (int piece = 0; piece < vector.count(); piece++) {
      for (float value : vector.get(piece)) {
        int bits = magnitude(value);
        if (bits >>> 16 == bin) {
          lower[bits & 0xffff]++;
        }
      }
    }
    int low = 0;
    while (below + lower[low] < k) {
      below += lower[low++];
    }
    return new Truncation(bin << 16 | low, k - below);
  }

  /** Whether the next element stays. */
  boolean keeps(float value) {
    int bits = magnitude(value);
    if (bits == border && tiesToDrop > 0) {
      tiesToDrop--;
      return false;
    }
    return bits >= border;
  }

  private static int magnitude(float value) {
    return Float.floatToRawIntBits(value) & 0x7fffffff;
  }
}
