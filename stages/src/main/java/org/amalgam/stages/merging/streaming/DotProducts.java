package org.amalgam.stages.merging.streaming;

import java.io.IOException;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;

/** Inner products of whole tensors, in f64 in a fixed order. */
public final class DotProducts {
  private DotProducts() {}

  /** {@code <x_i, x_j>} for all pairs of operands, k x k. */
  public static double[][] of(List<Operand> operands) throws IOException, StageFailure {
    double[][] sums = new double[operands.size()][operands.size()];
    Pieces.forEach(operands, (pieces, count) -> add(pieces, count, sums));
    return sums;
  }

  /** {@code <x_i - x_0, x_j - x_0>} for all pairs of operands but the first, k - 1 x k - 1. */
  public static double[][] ofDifferences(List<Operand> operands) throws IOException, StageFailure {
    int number = operands.size() - 1;
    double[][] sums = new double[number][number];
    float[][] differences = new float[number][Pieces.LENGTH];
    Pieces.forEach(
        operands,
        (pieces, count) -> {
          for (int e = 0; e < number; e++) {
            subtract(pieces[e + 1], pieces[0], count, differences[e]);
          }
          add(differences, count, sums);
        });
    return sums;
  }

  private static void subtract(float[] x, float[] y, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = x[i] - y[i];
    }
  }

  private static void add(float[][] vectors, int count, double[][] sums) {
    for (int i = 0; i < vectors.length; i++) {
      for (int j = i; j < vectors.length; j++) {
        sums[i][j] += dot(vectors[i], vectors[j], count);
        sums[j][i] = sums[i][j];
      }
    }
  }

  /** Four sums keep the additions from waiting for each other. */
  private static double dot(float[] x, float[] y, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      a += (double) x[i] * y[i];
      b += (double) x[i + 1] * y[i + 1];
      c += (double) x[i + 2] * y[i + 2];
      d += (double) x[i + 3] * y[i + 3];
    }
    for (; i < count; i++) {
      a += (double) x[i] * y[i];
    }
    return a + b + (c + d);
  }
}
