package org.amalgam.stages.merging;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertSlot;

/**
 * RegMean (paper section 3.2): the linear layer nearest to all experts' outputs on their own
 * inputs, {@code W = (sum_m W_m G~_m) (sum_m G~_m)^-1} with {@code G~ = gamma G + (1 - gamma)
 * diag(G)}, W of shape (out, in) and G = X^T X of shape (in, in). Computed in f64 and rounded once.
 * Biases and norms are the plain mean.
 *
 * <p>The released code leaves out experts in the top layers by task: retrieval takes v and l, VQA
 * vl alone, all others those that have a Gram matrix. That is the variant {@code as-released}.
 */
public record RegMean(
    @Doc("Scale of what is off the diagonal of the Gram matrices.")
        @Range(min = 0, max = 1)
        @Default("1.0")
        double gamma,
    @Doc("All experts in the top layers as in the paper, or the released code's choice by task.")
        @Default("paper")
        Variant variant,
    @Doc("The task, where the variant is as-released.") @Default("any") MergeTask task,
    @Doc("Added to each Gram matrix's diagonal, as a part of its mean; 0 is the paper.")
        @Range(min = 0, max = 1)
        @Default("0.0")
        double damping)
    implements MergeMethod {

  @Override
  public boolean usesGrams() {
    return true;
  }

  @Override
  public float[] merge(ExpertSlot slot, MergeInputs inputs) throws IOException, StageFailure {
    List<String> experts = experts(slot);
    if (slot.isMatrix()) {
      experts = withGrams(slot, experts, inputs);
    }
    if (experts.size() == 1) {
      return inputs.expert(slot, experts.get(0));
    }
    return slot.isMatrix() ? solved(slot, experts, inputs) : mean(slot, experts, inputs);
  }

  private List<String> experts(ExpertSlot slot) {
    boolean byTask =
        variant == Variant.AS_RELEASED && (task == MergeTask.RETRIEVAL || task == MergeTask.VQA);
    return byTask ? task.usedExperts(slot) : slot.experts();
  }

  private List<String> withGrams(ExpertSlot slot, List<String> experts, MergeInputs inputs)
      throws StageFailure {
    List<String> having = new ArrayList<>();
    List<String> lacking = new ArrayList<>();
    for (String expert : experts) {
      (inputs.hasGram(slot, expert) ? having : lacking).add(expert);
    }
    if (!lacking.isEmpty() && (having.isEmpty() || variant == Variant.PAPER || !slot.isCross())) {
      throw new StageFailure(
          "%s: there is no Gram matrix %s, which merging %s needs; collect it, or set variant: as-released and the task"
              .formatted(inputs.gramsPath(), inputs.gramName(slot, lacking.get(0)), slot.name()));
    }
    return having;
  }

  private static float[] mean(ExpertSlot slot, List<String> experts, MergeInputs inputs)
      throws IOException {
    float[] sum = new float[Math.toIntExact(slot.info().elements())];
    for (String expert : experts) {
      float[] values = inputs.expert(slot, expert);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += values[i];
      }
    }
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= experts.size();
    }
    return sum;
  }

  private float[] solved(ExpertSlot slot, List<String> experts, MergeInputs inputs)
      throws IOException, StageFailure {
    int out = Math.toIntExact(slot.info().shape()[0]);
    int in = Math.toIntExact(slot.info().shape()[1]);
    double[] total = new double[Math.multiplyExact(in, in)];
    double[] weighted = new double[Math.multiplyExact(in, out)];
    for (String expert : experts) {
      double[] gram = scaled(inputs.gram(slot, expert, in), in);
      SymmetricSystem.addProduct(gram, inputs.expert(slot, expert), weighted, in, out);
      for (int i = 0; i < total.length; i++) {
        total[i] += gram[i];
      }
    }
    int deficient = SymmetricSystem.factor(total, in);
    if (deficient >= 0) {
      throw new StageFailure(
          "%s: the Gram matrices for %s have no inverse: input %d is zero or a sum of others; collect them from more data, or set gamma below 1 or damping: 1.0e-6"
              .formatted(inputs.gramsPath(), slot.name(), deficient));
    }
    SymmetricSystem.solve(total, weighted, in, out);
    float[] merged = new float[weighted.length];
    for (int row = 0; row < out; row++) {
      for (int column = 0; column < in; column++) {
        merged[row * in + column] = (float) weighted[column * out + row];
      }
    }
    return merged;
  }

  /** G~ in place of G. */
  private double[] scaled(double[] gram, int n) {
    double trace = 0;
    for (int i = 0; i < n; i++) {
      trace += gram[i * n + i];
    }
    double ridge = damping * trace / n;
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < n; column++) {
        gram[row * n + column] =
            row == column ? gram[row * n + column] + ridge : gamma * gram[row * n + column];
      }
    }
    return gram;
  }
}
