package org.amalgam.stages.merging;

import java.util.List;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.merging.streaming.Combination;
import org.amalgam.stages.merging.streaming.DotProducts;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.merging.streaming.WeightedSum;

/**
 * Model Stock (Jang et al. 2024) tensor by tensor: {@code t mean(W_m) + (1 - t) W0} with {@code t =
 * N c / (1 + (N - 1) c)}, where c is the mean cosine of the angles between the N modality vectors
 * {@code W_m - W0}. A negative c counts as 0, which gives W0; so does a vector of zeros. Angles in
 * f64, sums in f32.
 */
public record ModelStock() implements MergeMethod {
  @Override
  public boolean usesOrigin() {
    return true;
  }

  @Override
  public PreparedMerge prepare(ExpertLayout layout, MergeInputs inputs) {
    return slot -> {
      List<Operand> operands = inputs.originAndExperts(slot);
      return new Combination(
          operands, () -> new WeightedSum(weights(DotProducts.ofDifferences(operands))));
    };
  }

  /** The weights of W0 and of each expert by the inner products of the modality vectors. */
  static double[] weights(double[][] dots) {
    int number = dots.length;
    double sum = 0;
    for (int i = 0; i < number; i++) {
      for (int j = i + 1; j < number; j++) {
        double norms = Math.sqrt(dots[i][i]) * Math.sqrt(dots[j][j]);
        sum += norms > 0 ? Math.max(-1, Math.min(1, dots[i][j] / norms)) : 0;
      }
    }
    double cosine = Math.max(0, sum / (number * (number - 1) / 2.0));
    double t = number * cosine / (1 + (number - 1) * cosine);
    double[] weights = new double[number + 1];
    java.util.Arrays.fill(weights, t / number);
    weights[0] = 1 - t;
    return weights;
  }
}
