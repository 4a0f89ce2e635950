package org.amalgam.stages.merging;

import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.stages.expert.ExpertLayout;

/**
 * TIES (Yadav et al. 2023): of each expert's modality vector {@code W_m - W0}, over all its tensors
 * together, the largest elements are left; at each place the sign of their sum is elected, and W0
 * moves by lambda times the mean of the elements other than zero that have it. Where the sum is
 * zero the sign that is elected at most places holds. In f32.
 */
public record Ties(
    @Doc("The part of each modality vector's elements that is left, the largest first.")
        @Range(min = 0, max = 1)
        @Default("0.2")
        double density,
    @Doc("Scale of the merged modality vector.") @Range(min = 0, max = 4) @Default("1.0")
        double lambda)
    implements MergeMethod {
  @Override
  public boolean usesOrigin() {
    return true;
  }

  @Override
  public PreparedMerge prepare(ExpertLayout layout, MergeInputs inputs) {
    return new TrimmedVectors(layout, inputs, density, lambda);
  }
}
