package org.amalgam.stages.training;

import java.util.List;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.model.Architecture;
import org.jspecify.annotations.Nullable;

/** Settings of vision-language pre-training; defaults are the paper's. */
public record PretrainSettings(
    @Doc("Where to start: initial weights, or a seed model.") @Port("weights") Input model,
    @Doc("Where the language experts start, if elsewhere (footnote 3): weights of the same size.")
        @Port("weights")
        @Nullable Input language,
    @Doc("The pairs to train on.") @Port("corpus") Input corpus,
    @Doc("Which sub-layers each modality has for itself.") Architecture architecture,
    @Doc("Sources of pairs; empty for all that the corpus has.") @Default("[]")
        List<String> sources,
    @Doc("Updates in all.") @Range(min = 1) int steps,
    @Doc("Pairs of one update.") @Range(min = 2) @Default("1024") int batch,
    @Doc("Peak learning rate.") @Range(min = 0) @Default("2.0e-4") double rate,
    @Doc("Share of the steps in which the rate rises from 0.")
        @Range(min = 0, max = 1)
        @Default("0.0125")
        double warmup,
    @Doc("Decoupled weight decay of matrices.") @Range(min = 0) @Default("0.01") double weightDecay,
    @Doc("Longest gradient by Euclidean norm; 0 does not clip.") @Range(min = 0) @Default("0")
        double clip,
    @Doc("Share of a text's pieces that masked language modelling hides.")
        @Range(min = 0.01, max = 0.9)
        @Default("0.15")
        double maskShare,
    @Doc("Weight of masked language modelling; the released code has 1.")
        @Range(min = 0)
        @Default("0.25")
        double mlmWeight,
    @Doc("How image-text matching finds wrong partners.") @Default("hard") Negatives negatives,
    @Doc("Which order of the data; give the later of two trainings in a row another one.")
        @Range(min = 0)
        @Default("0")
        int pass,
    @Doc("How often the last layer drops a residual branch; lower layers less, down to never.")
        @Range(min = 0, max = 0.9)
        @Default("0.1")
        double dropPath,
    @Doc("How often an entry of the text embedding is dropped.")
        @Range(min = 0, max = 0.9)
        @Default("0.1")
        double textDropout,
    @Doc(
            "How training images are changed at random. Mirroring makes texts that tell left from"
                + " right wrong, so it is asked for by name: paper.")
        @Default("none")
        Augmentation augmentation,
    @Doc("Added to the root of the mean squared gradient in AdamW.")
        @Range(min = 1.0e-16, max = 1)
        @Default("1.0e-8")
        double epsilon,
    @Doc(
            "Which tensors decay: all but biases and scales of norms (paper), or also those of"
                + " modality-specific norms, which the released code's list misses (as-released).")
        @Default("paper")
        DecayGroups decayGroups,
    @Doc(
            "Parts of a batch that are computed one after the other, to save memory. Matching and"
                + " masked language modelling come out as in one part; contrast and hard negatives"
                + " see their own part only.")
        @Range(min = 1)
        @Default("1")
        int accumulate,
    @Doc(
            "From what words are chosen to be hidden: from a text's own (paper), or from the padded"
                + " text (as-released).")
        @Default("paper")
        MaskedWords masking,
    @Doc("When to save the state of the training: auto (1 % of the time), never, or 200 steps.")
        @Incidental
        @Default("auto")
        String checkpointEvery) {
  public PretrainSettings {
    Optimization.checkParts(batch, accumulate);
    CheckpointMoments.check(checkpointEvery);
    if (language != null && architecture == Architecture.MODALITY_AGNOSTIC) {
      throw new IllegalArgumentException(
          "language: a modality-agnostic model has no language experts; leave it out, or choose an"
              + " architecture that has");
    }
  }

  PretrainingBatches batches() {
    return new PretrainingBatches(
        batch, accumulate, masking, maskShare, mlmWeight, negatives, pass, augmentation);
  }

  Optimization optimization() {
    return new Optimization(
        steps,
        rate,
        warmup,
        RateDecay.LINEAR,
        weightDecay,
        epsilon,
        decayGroups,
        clip,
        1,
        1,
        accumulate,
        dropPath,
        textDropout,
        checkpointEvery);
  }
}
