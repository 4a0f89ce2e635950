package org.amalgam.stages.gram;

import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.stages.data.Split;

/** Settings of the stage {@code gram}; defaults are the released code's where it has the task. */
public record GramSettings(
    @Doc("The model with experts that are to be merged.") @Port("weights") Input model,
    @Doc("The data to run through it.") @Port("corpus") Input corpus,
    @Doc(
            "What it does meanwhile: pretraining goes through every expert, as the paper's formula"
                + " needs it; retrieval, vqa and nlvr2 go through those that the task uses, as"
                + " variant: as-released of RegMean needs it.")
        @Default("pretraining")
        GramTask task,
    @Doc("Source of the captions, for retrieval and pretraining; empty for the task's own.")
        @Default("")
        String source,
    @Doc("Which part of the data; the released code takes the task's validation data.")
        @Default("val")
        Split split,
    @Doc("Batches to read, drawn from the data without repetition; 0 for all data.")
        @Range(min = 0)
        @Default("0")
        int batches,
    @Doc("Pairs of a text and an image in one forward pass.") @Range(min = 1) @Default("32")
        int batch,
    @Doc("Whether padded positions of texts count, as in the released code.") @Default("true")
        boolean padding,
    @Doc("Memory for the matrices summed at once, in MiB; with less, the data are read oftener.")
        @Incidental
        @Range(min = 1, max = 1 << 20)
        @Default("1024")
        long memory) {
  public GramSettings {
    // Refuses what does not go together.
    new GramData(task, source, split, batches, batch, padding);
  }

  GramData data() {
    return new GramData(task, source, split, batches, batch, padding);
  }
}
