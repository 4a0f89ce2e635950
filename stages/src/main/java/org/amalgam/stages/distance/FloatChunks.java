package org.amalgam.stages.distance;

import java.util.ArrayList;
import java.util.List;
import org.amalgam.stages.tensor.MagnitudeRank;

/** Numbers in their order, as many as come. */
final class FloatChunks {
  private static final int CHUNK = 1 << 13;

  private final List<float[]> full = new ArrayList<>();
  private float[] last = new float[0];
  private int filled;

  void add(float value) {
    if (filled == last.length) {
      if (filled > 0) {
        full.add(last);
      }
      last = new float[CHUNK];
      filled = 0;
    }
    last[filled++] = value;
  }

  long size() {
    return (long) full.size() * CHUNK + filled;
  }

  /** Counts all magnitudes. */
  void count(MagnitudeRank rank) {
    full.forEach(chunk -> rank.count(chunk, CHUNK));
    rank.count(last, filled);
  }

  /** Number {@code index}, from 0. */
  float get(long index) {
    int chunk = (int) (index / CHUNK);
    return (chunk < full.size() ? full.get(chunk) : last)[(int) (index % CHUNK)];
  }
}
