package org.amalgam.stages.merging.streaming;

import java.util.Arrays;
import java.util.List;

/**
 * W0 plus scaled task vectors {@code W_m - W0}, each made sparse first; in f32 in their order. The
 * first operand is W0.
 */
public final class TaskVectorSum implements Kernel {
  private final List<Sparsity> sparsities;
  private final float[] weights;
  private final float scale;
  private final boolean mean;
  private final float tieSign;

  private TaskVectorSum(
      List<Sparsity> sparsities, double[] weights, double scale, boolean mean, float tieSign) {
    this.sparsities = List.copyOf(sparsities);
    this.weights = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      this.weights[i] = (float) weights[i];
    }
    this.scale = (float) scale;
    this.mean = mean;
    this.tieSign = tieSign;
  }

  /**
   * All elements count.
   *
   * @param weights one for each vector
   * @param mean whether to divide by the sum of the weights
   */
  public static TaskVectorSum all(
      List<Sparsity> sparsities, double[] weights, double scale, boolean mean) {
    double sum = Arrays.stream(weights).sum();
    double factor = mean && Math.abs(sum) >= 1e-8 ? scale / sum : scale;
    return new TaskVectorSum(sparsities, weights, factor, mean, 0);
  }

  /**
   * At each place only the elements count that have the sign of their sum (TIES).
   *
   * @param mean whether to divide by the sum of the weights of those that count
   * @param tieSign 1 or -1, the sign where the sum is zero
   */
  public static TaskVectorSum elected(
      List<Sparsity> sparsities, double[] weights, double scale, boolean mean, int tieSign) {
    if (tieSign != 1 && tieSign != -1) {
      throw new IllegalArgumentException("a sign is 1 or -1, not " + tieSign);
    }
    return new TaskVectorSum(sparsities, weights, scale, mean, tieSign);
  }

  @Override
  public void combine(float[][] operands, int count, float[] out) {
    float[] origin = operands[0];
    for (int e = 0; e < weights.length; e++) {
      float[] vector = operands[e + 1];
      for (int i = 0; i < count; i++) {
        vector[i] -= origin[i];
      }
      sparsities.get(e).apply(vector, count);
      float weight = weights[e];
      for (int i = 0; i < count; i++) {
        vector[i] *= weight;
      }
    }
    if (tieSign != 0) {
      elect(operands, count, out);
      return;
    }
    Arrays.fill(out, 0, count, 0);
    for (int e = 0; e < weights.length; e++) {
      float[] vector = operands[e + 1];
      for (int i = 0; i < count; i++) {
        out[i] += vector[i];
      }
    }
    for (int i = 0; i < count; i++) {
      out[i] = origin[i] + scale * out[i];
    }
  }

  private void elect(float[][] operands, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      float sum = 0;
      for (int e = 1; e < operands.length; e++) {
        sum += operands[e][i];
      }
      float sign = sum == 0 ? tieSign : sum;
      float agreeing = 0;
      float divisor = 0;
      for (int e = 1; e < operands.length; e++) {
        float element = operands[e][i];
        if (sign > 0 ? element > 0 : element < 0) {
          agreeing += element;
          divisor += weights[e - 1];
        }
      }
      if (Float.isNaN(sum)) {
        agreeing = sum;
      }
      out[i] = operands[0][i] + scale * (mean && divisor != 0 ? agreeing / divisor : agreeing);
    }
  }
}
