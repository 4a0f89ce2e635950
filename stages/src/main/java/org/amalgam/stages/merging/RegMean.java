package org.amalgam.stages.merging;

import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.merging.streaming.Combination;
import org.amalgam.stages.merging.streaming.Operand;

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
        double damping,
    @Doc("Whether each Gram matrix is divided by its number of rows; the paper takes the sums.")
        @Default("false")
        boolean perRow)
    implements MergeMethod {

  @Override
  public boolean usesGrams() {
    return true;
  }

  @Override
  public PreparedMerge prepare(ExpertLayout layout, MergeInputs inputs) {
    return slot -> {
      List<String> experts = experts(slot);
      if (slot.isMatrix()) {
        experts = withGrams(slot, experts, inputs);
      }
      List<Operand> operands = inputs.experts(slot, experts);
      if (experts.size() == 1) {
        return Combination.weighted(operands, 1);
      }
      if (!slot.isMatrix()) {
        return new Combination(operands, () -> RegMean::mean);
      }
      int n = Math.toIntExact(slot.info().shape()[1]);
      List<Operand> grams = new ArrayList<>();
      List<Double> scales = new ArrayList<>();
      for (String expert : experts) {
        grams.add(inputs.gram(slot, expert, n));
        scales.add(perRow ? 1 / inputs.rows(slot, expert) : 1);
      }
      return new GramSolve(operands, grams, scales, gamma, damping);
    };
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
              .formatted(inputs.gramsPath(), slot.gram(lacking.get(0)), slot.name()));
    }
    return having;
  }

  private static void mean(float[][] pieces, int count, float[] out) {
    System.arraycopy(pieces[0], 0, out, 0, count);
    for (int e = 1; e < pieces.length; e++) {
      float[] expert = pieces[e];
      for (int i = 0; i < count; i++) {
        out[i] += expert[i];
      }
    }
    for (int i = 0; i < count; i++) {
      out[i] /= pieces.length;
    }
  }
}
