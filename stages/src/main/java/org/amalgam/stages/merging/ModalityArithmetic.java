package org.amalgam.stages.merging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.merging.streaming.Combination;
import org.amalgam.stages.merging.streaming.Kernel;
import org.amalgam.stages.merging.streaming.Operand;

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
  public PreparedMerge prepare(ExpertLayout layout, MergeInputs inputs) {
    return slot -> {
      List<String> experts = usedExperts ? task.usedExperts(slot) : slot.experts();
      List<Operand> operands = new ArrayList<>(inputs.experts(slot, experts));
      if (experts.size() == 1) {
        return Combination.weighted(operands, 1);
      }
      operands.add(0, inputs.origin(slot));
      float scale = (float) lambda;
      Kernel kernel =
          variant == Variant.PAPER
              ? (pieces, count, out) -> paper(pieces, count, out, scale)
              : (pieces, count, out) -> asReleased(pieces, count, out, scale);
      return new Combination(operands, () -> kernel);
    };
  }

  private static void paper(float[][] pieces, int count, float[] out, float scale) {
    float[] origin = pieces[0];
    Arrays.fill(out, 0, count, 0);
    for (int e = 1; e < pieces.length; e++) {
      float[] expert = pieces[e];
      for (int i = 0; i < count; i++) {
        out[i] += expert[i] - origin[i];
      }
    }
    for (int i = 0; i < count; i++) {
      out[i] = origin[i] + scale * out[i];
    }
  }

  private static void asReleased(float[][] pieces, int count, float[] out, float scale) {
    System.arraycopy(pieces[0], 0, out, 0, count);
    for (int e = 1; e < pieces.length; e++) {
      float[] expert = pieces[e];
      for (int i = 0; i < count; i++) {
        out[i] += scale * (expert[i] - out[i]);
      }
    }
  }
}
