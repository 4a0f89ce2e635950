package org.amalgam.stages.distance;

import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;
import org.jspecify.annotations.Nullable;

/** What a recipe says about distances. */
public record DistanceSettings(
    @Doc("The modality-specific model.") @Port("weights") Input model,
    @Doc("A second model with the same tensors; then the models are compared, not the experts.")
        @Port("weights")
        @Nullable Input other,
    @Doc("Whether only matrices are compared, or biases and norms too.") @Default("matrices")
        ComparedWeights weights,
    @Doc("The part of each weight vector, smallest magnitudes first, that TSSD zeroes.")
        @Range(min = 0, max = 1)
        @Default("0.5")
        double share) {}
