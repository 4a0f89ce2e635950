package org.amalgam.stages.merging;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.merging.streaming.Combination;
import org.amalgam.stages.merging.streaming.Sparsity;
import org.amalgam.stages.merging.streaming.TaskVectorSum;
import org.amalgam.stages.tensor.RandomStream;

/**
 * DARE (Yu et al. 2023): of each modality vector {@code W_m - W0} every element is dropped with a
 * probability and the others are divided by that of staying; then W0 plus lambda times their sum,
 * or with signs elected as TIES does times the mean of those that agree. What is dropped depends on
 * the seed and the tensor's name alone. In f32.
 */
public record Dare(
    @Doc("Probability with which an element of a modality vector is dropped.")
        @Range(min = 0, max = 0.9999)
        double drop,
    @Doc("Scale of the modality vectors.") @Range(min = 0, max = 4) @Default("1.0") double lambda,
    @Doc("Whether only elements of the elected sign are averaged, as by TIES.") @Default("false")
        boolean elect,
    @Doc("Seed of what is dropped.") @Default("0") long dropSeed)
    implements MergeMethod {
  @Override
  public boolean usesOrigin() {
    return true;
  }

  @Override
  public PreparedMerge prepare(ExpertLayout layout, MergeInputs inputs) {
    return slot -> {
      return new Combination(inputs.originAndExperts(slot), () -> kernel(slot));
    };
  }

  private TaskVectorSum kernel(ExpertSlot slot) {
    List<Sparsity> sparsities = new ArrayList<>();
    for (String expert : slot.experts()) {
      RandomStream random = RandomStream.of(dropSeed, "dare " + slot.name(expert));
      sparsities.add(drop == 0 ? Sparsity.NONE : Sparsity.drop(drop, true, random));
    }
    double[] weights = new double[sparsities.size()];
    Arrays.fill(weights, 1);
    return elect
        ? TaskVectorSum.elected(sparsities, weights, lambda, true, 1)
        : TaskVectorSum.all(sparsities, weights, lambda, false);
  }
}
