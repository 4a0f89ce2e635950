package org.amalgam.stages.training;

import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;

/** Settings of the stage {@code fisher}; those of the losses are pre-training's. */
public record FisherSettings(
    @Doc("The pre-trained model with experts that are to be merged.") @Port("weights") Input model,
    @Doc("The pairs of its pre-training.") @Port("corpus") Input corpus,
    @Doc("Sources of pairs; empty for all that the corpus has to pre-train on.") @Default("[]")
        List<String> sources,
    @Doc("Batches whose squared gradients are averaged.")
        @Range(min = 1, max = 1 << 30)
        @Default("256")
        int batches,
    @Doc(
            "Pairs of a batch. Small, since what is squared is the gradient of a batch's mean loss;"
                + " at least two, since contrast needs two.")
        @Range(min = 2)
        @Default("4")
        int batch,
    @Doc("Share of a text's pieces that masked language modelling hides.")
        @Range(min = 0.01, max = 0.9)
        @Default("0.15")
        double maskShare,
    @Doc("Weight of masked language modelling; the released code has 1.")
        @Range(min = 0)
        @Default("0.25")
        double mlmWeight,
    @Doc("How image-text matching finds wrong partners.") @Default("hard") Negatives negatives) {
  public FisherSettings {
    sources = List.copyOf(sources);
  }

  FisherEstimate.Options options() {
    return new FisherEstimate.Options(sources, batches, batch, maskShare, mlmWeight, negatives);
  }
}
