package org.amalgam.stages.distance;

import org.amalgam.stages.tensor.MagnitudeRank;

/**
 * Drops exactly k elements of smallest magnitude from a vector. Of equal magnitudes at the border
 * the first are dropped.
 *
 * @param border the bits of the magnitude at which dropping ends
 * @param tiesToDrop how many elements of that very magnitude are dropped, the first ones
 */
record Truncation(int border, long tiesToDrop) {
  /** Drops nothing. */
  static final Truncation NONE = new Truncation(0, 0);

  /**
   * @param rank counted twice, the first time narrowed to {@code elements - k + 1}
   */
  static Truncation of(MagnitudeRank rank) {
    int border = rank.threshold();
    return new Truncation(border, rank.tiesBehind() + 1);
  }

  /** Goes through a part of the vector. */
  Cursor after(long tiesBefore) {
    return new Cursor(border, Math.max(0, tiesToDrop - tiesBefore));
  }

  /** Elements in their order. */
  static final class Cursor {
    private final int border;
    private long tiesToDrop;

    private Cursor(int border, long tiesToDrop) {
      this.border = border;
      this.tiesToDrop = tiesToDrop;
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
}
