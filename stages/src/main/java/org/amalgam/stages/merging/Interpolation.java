package org.amalgam.stages.merging;

import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.merging.streaming.Combination;

/**
 * A weighted mean (paper section 3.2): {@code alpha W_v + (1 - alpha) W_l}, and in the top layers
 * two thirds of it and one third of W_vl, whatever alpha. Sums in f32 in the order v, l, vl.
 */
public record Interpolation(
    @Doc("Weight of the vision expert against the language expert.") @Range(min = 0, max = 1)
        double alpha,
    @Doc("Whether the top layers take only the experts that the task uses.") @Default("false")
        boolean usedExperts,
    @Doc("The task, where used-experts is true.") @Default("any") MergeTask task)
    implements MergeMethod {
  private static final double CROSS_SHARE = 1 / 3.0;

  public Interpolation {
    if (usedExperts && task == MergeTask.ANY) {
      throw new IllegalArgumentException(
          "used-experts: true needs a task; add task: retrieval, vqa or nlvr2");
    }
  }

  @Override
  public PreparedMerge prepare(ExpertLayout layout, MergeInputs inputs) {
    return slot -> {
      List<String> experts = usedExperts ? task.usedExperts(slot) : slot.experts();
      return Combination.weighted(inputs.experts(slot, experts), weights(experts, alpha));
    };
  }

  /** The weight of each expert: alpha between v and l, the constant third for vl, 1 for one. */
  static double[] weights(List<String> experts, double alpha) {
    if (experts.size() == 1) {
      return new double[] {1};
    }
    double unimodal = experts.contains(ExpertName.CROSS) ? 1 - CROSS_SHARE : 1;
    return experts.stream()
        .mapToDouble(
            expert ->
                switch (expert) {
                  case ExpertName.VISION -> unimodal * alpha;
                  case ExpertName.LANGUAGE -> unimodal * (1 - alpha);
                  default -> CROSS_SHARE;
                })
        .toArray();
  }
}
