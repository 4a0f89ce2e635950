package org.amalgam.stages.merging;

import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.stages.expert.ExpertLayout;

/**
 * Fisher-weighted averaging (Matena and Raffel 2022): {@code sum_m a_m F_m W_m / sum_m a_m F_m}
 * element by element, where F is the mean squared gradient of the pre-training objectives and a the
 * weights of {@link Interpolation}. Equal F give the interpolation. In f64, rounded once.
 *
 * <p>The file holds F by the names of the experts' tensors. An expert that no objective uses in a
 * layer has none there, or zeros: the floor keeps it from being divided by zero, and lets only the
 * others count.
 */
public record Fisher(
    @Doc("Weight of the vision expert against the language expert, beside F.")
        @Range(min = 0, max = 1)
        @Default("0.5")
        double alpha,
    @Doc("Added to each element of F, after it was normalised.")
        @Range(min = 1e-30, max = 1)
        @Default("1.0e-6")
        double floor,
    @Doc("Whether each expert's F is divided by its mean over the model first.") @Default("true")
        boolean normalise)
    implements MergeMethod {
  @Override
  public boolean usesFisher() {
    return true;
  }

  @Override
  public PreparedMerge prepare(ExpertLayout layout, MergeInputs inputs) {
    return new FisherMean(layout, inputs, this);
  }
}
