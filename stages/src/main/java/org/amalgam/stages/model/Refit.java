package org.amalgam.stages.model;

import java.util.Arrays;
import org.amalgam.stages.tensor.HostTensor;

/**
 * Tensors whose size depends on the task or on the image size: how one model's become another's
 * (facts of the released code, section 1.3).
 */
public final class Refit {
  private static final String POSITIONS = "relative_position_bias_table";
  private static final String TYPES = "token_type_embeddings.weight";

  /** Of the cubic convolution kernel; PyTorch's value. */
  private static final double SHARPNESS = -0.75;

  private static final String WORDS = "text_embeddings.position_embeddings.weight";

  private Refit() {}

  /** Whether {@link #toShape} has a way from one shape to the other. */
  public static boolean refits(String name, long[] shape, long[] wanted) {
    if (shape.length != 2 || wanted.length != 2 || shape[1] != wanted[1]) {
      return false;
    }
    return switch (name) {
      case TYPES -> true;
      case WORDS -> shape[0] > wanted[0];
      case POSITIONS ->
          RelativePositions.offsets(shape[0]) > 0 && RelativePositions.offsets(wanted[0]) > 0;
      default -> false;
    };
  }

  /**
   * The tensor in the wanted shape where there is a way, else as it is.
   *
   * <p>The offsets between patches of the position table are resized by bicubic interpolation, as
   * {@code torch.nn.functional.interpolate} does it without aligned corners; its other 397 rows
   * stay. A type embedding that gains a row for the second image of NLVR2 starts it as a copy of
   * the first image's. Positions of words that a model of shorter texts does not have are left out.
   */
  public static HostTensor toShape(String name, HostTensor tensor, long[] wanted) {
    long[] shape = tensor.info().shape();
    boolean rowsDiffer = shape.length == 2 && shape[1] == wanted[1] && shape[0] != wanted[0];
    if (rowsDiffer && name.equals(TYPES)) {
      return types(tensor, Math.toIntExact(wanted[0]));
    }
    if (rowsDiffer && name.equals(WORDS) && shape[0] > wanted[0]) {
      int elements = Math.toIntExact(wanted[0] * wanted[1]);
      return HostTensor.ofFloats(Arrays.copyOf(tensor.floats(), elements), wanted);
    }
    if (rowsDiffer && name.equals(POSITIONS)) {
      int from = RelativePositions.offsets(shape[0]);
      int to = RelativePositions.offsets(wanted[0]);
      return from > 0 && to > 0 ? positions(tensor, from, to) : tensor;
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

  private static HostTensor positions(HostTensor tensor, int from, int to) {
    float[] old = tensor.floats();
    int columns = Math.toIntExact(tensor.info().shape()[1]);
    int others = old.length - from * from * columns;
    float[] resized = new float[to * to * columns + others];
    for (int y = 0; y < to; y++) {
      double[] vertical = new double[4];
      int top = taps(y, from, to, vertical);
      for (int x = 0; x < to; x++) {
        double[] horizontal = new double[4];
        int left = taps(x, from, to, horizontal);
        for (int column = 0; column < columns; column++) {
          double sum = 0;
          for (int tap = 0; tap < 16; tap++) {
            int row = Math.min(Math.max(top + tap / 4, 0), from - 1);
            int at = row * from + Math.min(Math.max(left + tap % 4, 0), from - 1);
            sum += vertical[tap / 4] * horizontal[tap % 4] * old[at * columns + column];
          }
          resized[(y * to + x) * columns + column] = (float) sum;
        }
      }
    }
    System.arraycopy(old, from * from * columns, resized, to * to * columns, others);
    return HostTensor.ofFloats(resized, resized.length / columns, columns);
  }

  /** Puts the weights of four neighbours in place and returns where the first of them lies. */
  private static int taps(int at, int from, int to, double[] weights) {
    double place = (at + 0.5) * from / to - 0.5;
    int floor = (int) Math.floor(place);
    for (int tap = 0; tap < 4; tap++) {
      weights[tap] = kernel(Math.abs(place - (floor - 1 + tap)));
    }
    return floor - 1;
  }

  /** Keys's cubic convolution kernel at a distance from 0. */
  private static double kernel(double t) {
    if (t <= 1) {
      return ((SHARPNESS + 2) * t - (SHARPNESS + 3)) * t * t + 1;
    }
    return t < 2 ? SHARPNESS * (((t - 5) * t + 8) * t - 4) : 0;
  }
}
