package org.amalgam.stages.merging.streaming;

/** {@code sum_i w_i x_i} in f32, in the order of the operands. */
public final class WeightedSum implements Kernel {
  private final float[] weights;

  /**
   * @param weights one for each operand; rounded to f32
   */
  public WeightedSum(double... weights) {
    this.weights = new float[weights.length];
    for (int i = 0; i < weights.length; i++) {
      this.weights[i] = (float) weights[i];
    }
  }

  @Override
  public void combine(float[][] operands, int count, float[] out) {
    switch (weights.length) {
      case 2 -> two(operands[0], operands[1], count, out);
      case 3 -> three(operands[0], operands[1], operands[2], count, out);
      default -> {
        scale(weights[0], operands[0], count, out);
        for (int i = 1; i < weights.length; i++) {
          add(weights[i], operands[i], count, out);
        }
      }
    }
  }

  private void two(float[] x, float[] y, int count, float[] out) {
    float a = weights[0];
    float b = weights[1];
    for (int i = 0; i < count; i++) {
      out[i] = a * x[i] + b * y[i];
    }
  }

  private void three(float[] x, float[] y, float[] z, int count, float[] out) {
    float a = weights[0];
    float b = weights[1];
    float c = weights[2];
    for (int i = 0; i < count; i++) {
      out[i] = a * x[i] + b * y[i] + c * z[i];
    }
  }

  private static void scale(float weight, float[] x, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = weight * x[i];
    }
  }

  private static void add(float weight, float[] x, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      out[i] += weight * x[i];
    }
  }
}
