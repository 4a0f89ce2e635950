package org.amalgam.stages.tensor;

import java.nio.charset.StandardCharsets;

/**
 * A stream of random numbers that is named by a seed, a purpose and indices, so that any part of a
 * computation can be drawn again by itself and the order of other draws does not matter.
 *
 * <p>Number {@code n} of a stream is a pure function of its key and {@code n}: the SplitMix64
 * generator of Steele, Lea and Flood (2014), started at the mixed key. The same arguments give the
 * same numbers on every machine and JDK. Not safe for use by several threads.
 *
 * <pre>{@code
 * RandomStream noise = RandomStream.of(seed, "dropout", step, layer);
 * }</pre>
 */
public final class RandomStream {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1.0p-53;

  private long state;
  private double spareGaussian;
  private boolean hasSpareGaussian;

  private RandomStream(long state) {
    this.state = state;
  }

  /**
   * The stream of this key, from its beginning.
   *
   * @param purpose what the numbers are for; different purposes give independent streams
   * @param indices which of many: a step, an image, a layer; their number and order matter
   */
  public static RandomStream of(long seed, String purpose, long... indices) {
    long key = mix(seed + GOLDEN_GAMMA);
    for (byte each : purpose.getBytes(StandardCharsets.UTF_8)) {
      key = absorb(key, each);
    }
    // The end of the text is marked, so that ("a", 98) and ("ab") differ.
    key = absorb(key, 0x100L);
    for (long index : indices) {
      key = absorb(key, index);
    }
    return new RandomStream(key);
  }

  private static long absorb(long key, long value) {
    return mix(Long.rotateLeft(key, 23) + mix(value + GOLDEN_GAMMA) + GOLDEN_GAMMA);
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /**
   * Where the stream stands, for devices that draw by themselves: number {@code i} from here is the
   * mix of this plus i + 1 golden gammas.
   */
  public long key() {
    return state;
  }

  /** Uniform over all 64-bit numbers. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /**
   * Uniform over 0 (inclusive) to {@code bound} (exclusive), without modulo bias.
   *
   * @throws IllegalArgumentException if {@code bound} is not positive
   */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound is " + bound + ", must be at least 1");
    }
    // Multiply-shift on 32 random bits; the few low products that would favour some are redrawn.
    long threshold = (1L << 32) % bound;
    while (true) {
      long product = (nextLong() >>> 32) * bound;
      if ((product & 0xFFFFFFFFL) >= threshold) {
        return (int) (product >>> 32);
      }
    }
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  public double nextDouble() {
    return (nextLong() >>> 11) * UNIT;
  }

  /** True with this probability: never for 0, always for 1. */
  public boolean nextBoolean(double probability) {
    return nextDouble() < probability;
  }

  /** Normal with mean 0 and standard deviation 1, by Box and Muller. */
  public double nextGaussian() {
    if (hasSpareGaussian) {
      hasSpareGaussian = false;
      return spareGaussian;
    }
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    double angle = 2 * StrictMath.PI * nextDouble();
    spareGaussian = radius * StrictMath.sin(angle);
    hasSpareGaussian = true;
    return radius * StrictMath.cos(angle);
  }

  /** Fills with normal numbers of mean 0 and this standard deviation. */
  public void fillGaussian(float[] into, double std) {
    for (int i = 0; i < into.length; i++) {
      into[i] = (float) (std * nextGaussian());
    }
  }

  /** Like {@link #fillGaussian} but draws again what is beyond two standard deviations. */
  public void fillTruncatedGaussian(float[] into, double std) {
    for (int i = 0; i < into.length; i++) {
      double z = nextGaussian();
      while (Math.abs(z) > 2) {
        z = nextGaussian();
      }
      into[i] = (float) (std * z);
    }
  }

  /** Puts the values into a uniformly random order, in place (Fisher and Yates). */
  public void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
  }

  /** The numbers 0 to {@code n - 1} in random order. */
  public int[] permutation(int n) {
    int[] values = new int[n];
    for (int i = 0; i < n; i++) {
      values[i] = i;
    }
    shuffle(values);
    return values;
  }
}
