package org.amalgam.stages.data.image;

/**
 * Bicubic resampling with Keys's kernel (1981, a = -0.5), widened when making smaller so that
 * nothing is skipped: what Pillow does.
 */
public final class Bicubic {
  private static final double A = -0.5;

  private Bicubic() {}

  /** The source pixels that make a target pixel, and their weights, which sum to 1. */
  private record Window(int first, double[] weights) {
    static Window[] of(int from, int to) {
      double scale = (double) from / to;
      double widening = Math.max(1, scale);
      double support = 2 * widening;
      Window[] windows = new Window[to];
      for (int i = 0; i < to; i++) {
        double center = (i + 0.5) * scale;
        int first = Math.max(0, (int) (center - support + 0.5));
        int end = Math.min(from, (int) (center + support + 0.5));
        double[] weights = new double[end - first];
        double sum = 0;
        for (int j = first; j < end; j++) {
          weights[j - first] = kernel((j + 0.5 - center) / widening);
          sum += weights[j - first];
        }
        for (int j = 0; j < weights.length; j++) {
          weights[j] /= sum;
        }
        windows[i] = new Window(first, weights);
      }
      return windows;
    }
  }

  public static double kernel(double x) {
    double d = Math.abs(x);
    if (d < 1) {
      return ((A + 2) * d - (A + 3)) * d * d + 1;
    }
    return d < 2 ? A * (((d - 5) * d + 8) * d - 4) : 0;
  }

  /**
   * Resizes one plane of bytes to a square.
   *
   * @param at where the plane begins in {@code from}
   * @param channel which plane of {@code into} to write
   */
  public static void resize(
      byte[] from, int at, int width, int height, byte[] into, int channel, int size) {
    Window[] columns = Window.of(width, size);
    Window[] rows = Window.of(height, size);
    // First in width, then in height; rounded in between, as Pillow does.
    byte[] narrowed = new byte[height * size];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < size; x++) {
        Window window = columns[x];
        double sum = 0;
        for (int j = 0; j < window.weights().length; j++) {
          sum += window.weights()[j] * (from[at + y * width + window.first() + j] & 255);
        }
        narrowed[y * size + x] = rounded(sum);
      }
    }
    for (int y = 0; y < size; y++) {
      Window window = rows[y];
      for (int x = 0; x < size; x++) {
        double sum = 0;
        for (int j = 0; j < window.weights().length; j++) {
          sum += window.weights()[j] * (narrowed[(window.first() + j) * size + x] & 255);
        }
        into[(channel * size + y) * size + x] = rounded(sum);
      }
    }
  }

  private static byte rounded(double value) {
    return (byte) Math.max(0, Math.min(255, (int) Math.floor(value + 0.5)));
  }
}
