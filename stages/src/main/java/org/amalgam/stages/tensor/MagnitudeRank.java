package org.amalgam.stages.tensor;

/**
 * Finds the k-th largest magnitude of any number of f32 values by counting them twice: first by the
 * upper half of their bits, then within the bucket that holds it by the lower half. Exact, without
 * a sort, and independent of the order of the values.
 */
public final class MagnitudeRank {
  private static final int LOW_BITS = 15;
  private static final int BUCKETS = 1 << 16;

  private final long[] counts = new long[BUCKETS];
  private int bucket = -1;
  private int low;
  private long rest;

  /** An empty count of the same round, for another thread; {@link #add} brings it back. */
  public MagnitudeRank another() {
    MagnitudeRank other = new MagnitudeRank();
    other.bucket = bucket;
    other.rest = rest;
    return other;
  }

  /** Counts the first {@code count} values. */
  public void count(float[] values, int count) {
    if (bucket < 0) {
      for (int i = 0; i < count; i++) {
        counts[bits(values[i]) >>> LOW_BITS]++;
      }
    } else {
      for (int i = 0; i < count; i++) {
        int bits = bits(values[i]);
        if (bits >>> LOW_BITS == bucket) {
          counts[bits & (1 << LOW_BITS) - 1]++;
        }
      }
    }
  }

  /** Adds what another has counted in the same round. Safe for use by several threads. */
  public synchronized void add(MagnitudeRank other) {
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] += other.counts[i];
    }
  }

  /**
   * Ends the first round; all values must then be counted again.
   *
   * @param k from 1 to the number of values
   */
  public void narrow(long k) {
    rest = k;
    bucket = descend();
    java.util.Arrays.fill(counts, 0);
  }

  /** Ends the second round: the bits of the k-th largest magnitude. */
  public int threshold() {
    low = descend();
    return bucket << LOW_BITS | low;
  }

  /** After {@link #threshold}: how many values of that very magnitude rank behind the k-th. */
  public long tiesBehind() {
    return counts[low] - rest;
  }

  private int descend() {
    int at = BUCKETS - 1;
    while (at > 0 && counts[at] < rest) {
      rest -= counts[at--];
    }
    return at;
  }

  /** The bits of a magnitude, which are in the order of the magnitudes. */
  public static int bits(float value) {
    return Float.floatToRawIntBits(value) & 0x7fffffff;
  }
}
