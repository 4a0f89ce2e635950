package org.amalgam.stages.merging;

import java.io.IOException;
import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertSlot;

/**
 * Modality arithmetic (paper section 3.2): W0 plus lambda times the sum of the modality vectors
 * {@code W_m - W0}, in f32 in the order v, l, vl.
 *
 * <p>The released code adds each modality vector to W0 in place, so that the next is measured from
 * there: {@code W <- W + lambda (W_m - W)} for each expert in turn. That is the variant {@code
 * as-released}.
 */
public record ModalityArithmetic(
    @Doc("Scale of the modality vectors.") @Range(min = 0, max = 2) double lambda,
    @Doc("The paper's formula, or the released code's.") @Default("paper") Variant variant,
    @Doc("Whether the top layers take only the experts that the task uses; one alone is copied.")
        @Default("false")
        boolean usedExperts,
    @Doc("The task, where used-experts is true.") @Default("any") MergeTask task)
    implements MergeMethod {
  public ModalityArithmetic {
    if (usedExperts && task == MergeTask.ANY) {
      throw new IllegalArgumentException(
          "used-experts: true needs a task; add task: retrieval, vqa or nlvr2");
    }
  }

  @Override
  public boolean usesOrigin() {
    return true;
  }

  @Override
  public float[] merge(ExpertSlot slot, MergeInputs inputs) throws IOException, StageFailure {
    List<String> experts = usedExperts ? task.usedExperts(slot) : slot.experts();
    if (experts.size() == 1) {
      return inputs.expert(slot, experts.get(0));
    }
    float[] origin = inputs.origin(slot);
    return variant == Variant.PAPER
        ? paper(slot, experts, inputs, origin)
        : asReleased(slot, experts, inputs, origin);
  }

  private float[] paper(ExpertSlot slot, List<String> experts, MergeInputs inputs, float[] origin)
      throws IOException {
    float[] sum = new float[origin.length];
    for (String expert : experts) {
      float[] values = inputs.expert(slot, expert);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += values[i] - origin[i];
      }
    }
    float scale = (float) lambda;
    for (int i = 0; i < sum.length; i++) {
      sum[i] = origin[i] + scale * sum[i];
    }
    return sum;
  }

  private float[] asReleased(
      ExpertSlot slot, List<String> experts, MergeInputs inputs, float[] origin)
      throws IOException {
    float[] moved = origin.clone();
    float scale = (float) lambda;
    for (String expert : experts) {
      float[] values = inputs.expert(slot, expert);
      for (int i = 0; i < moved.length; i++) {
        moved[i] += scale * (values[i] - moved[i]);
      }
    }
    return moved;
  }
}
