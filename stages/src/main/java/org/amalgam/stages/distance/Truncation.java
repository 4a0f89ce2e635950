package org.amalgam.stages.distance;

import java.io.IOException;
import org.amalgam.stages.tensor.MagnitudeRank;

/**
 * Drops exactly k elements of smallest magnitude from a vector. Of equal magnitudes at the border
 * the first are dropped, so elements must be asked for in the vector's order.
 *
 * <p>The border is found without sorting, in two passes and 512 KiB, see {@link MagnitudeRank}.
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
    MagnitudeRank rank = new MagnitudeRank();
    rank.narrow(count(vector, rank) - k + 1);
    count(vector, rank);
    int border = rank.threshold();
    return new Truncation(border, rank.tiesBehind() + 1);
  }

  /** Counts all elements and returns how many there are. */
  private static long count(Pieces vector, MagnitudeRank rank) throws IOException {
    long elements = 0;
    for (int piece = 0; piece < vector.count(); piece++) {
      float[] values = vector.get(piece);
      rank.count(values, values.length);
      elements += values.length;
    }
    return elements;
  }

  /** Whether the next element stays. */
  boolean keeps(float value) {
    int bits = MagnitudeRank.bits(value);
    if (bits == border && tiesToDrop > 0) {
      tiesToDrop--;
      return false;
    }
    return bits >= border;
  }
}
