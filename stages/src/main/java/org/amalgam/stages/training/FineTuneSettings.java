package org.amalgam.stages.training;

import java.util.Locale;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.model.Head;

/** Settings of fine-tuning; defaults are the paper's for VQA (facts of the code, section 4). */
public record FineTuneSettings(
    @Doc("The pre-trained or merged model.") @Port("weights") Input model,
    @Doc("Where the task's data are.") @Port("corpus") Input corpus,
    @Doc("What to learn.") Task task,
    @Doc("Source of the captions for retrieval; empty for the first that has held-out ones.")
        @Default("")
        String source,
    @Doc("Updates in all.") @Range(min = 1) int steps,
    @Doc("Questions or pairs of one update.") @Range(min = 2) @Default("128") int batch,
    @Doc("Peak learning rate.") @Range(min = 0) @Default("3.0e-5") double rate,
    @Doc("Factor on the learning rate of the task's new head.") @Range(min = 0) @Default("10")
        double headRate,
    @Doc("Share of the steps in which the rate rises from 0.")
        @Range(min = 0, max = 1)
        @Default("0.1")
        double warmup,
    @Doc("Decoupled weight decay of matrices.") @Range(min = 0) @Default("0.01") double weightDecay,
    @Doc("Longest gradient by Euclidean norm; 0 does not clip.") @Range(min = 0) @Default("0")
        double clip,
    @Doc("How often the last layer drops a residual branch; lower layers less, down to never.")
        @Range(min = 0, max = 0.9)
        @Default("0.15")
        double dropPath,
    @Doc("How often an entry of the text embedding is dropped.")
        @Range(min = 0, max = 0.9)
        @Default("0.15")
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
            "Factor from each layer's learning rate to that of the layer below; the embeddings have"
                + " the lowest, the heads the full rate. BEiT's recipes for images have 0.85.")
        @Range(min = 0.01, max = 1)
        @Default("1")
        double layerDecay,
    @Doc("How the rate falls to 0 after its peak.") @Default("linear") RateDecay schedule,
    @Doc("Share of a target that is spread over all classes; not for vqa and retrieval.")
        @Range(min = 0, max = 0.9)
        @Default("0")
        double labelSmoothing,
    @Doc(
            "Parts of a batch that are computed one after the other, to save memory. Comes out as"
                + " in one part, but for retrieval, whose contrast sees its own part only.")
        @Range(min = 1)
        @Default("1")
        int accumulate,
    @Doc("When to save the state of the training: auto (1 % of the time), never, or 200 steps.")
        @Incidental
        @Default("auto")
        String checkpointEvery) {
  public FineTuneSettings {
    Optimization.checkParts(batch, accumulate);
    CheckpointMoments.check(checkpointEvery);
    if (labelSmoothing > 0 && (task == Task.VQA || task == Task.RETRIEVAL)) {
      throw new IllegalArgumentException(
          "label-smoothing is for tasks with classes; leave it out for "
              + task.name().toLowerCase(Locale.ROOT));
    }
  }

  /** The tasks that fine-tuning knows. */
  public enum Task {
    VQA(Head.VQA),
    RETRIEVAL(Head.RETRIEVAL),
    NLVR2(Head.NLVR2),
    CLASSIFICATION(Head.CLASSIFICATION),
    SEGMENTATION(Head.SEGMENTATION);

    private final Head head;

    Task(Head head) {
      this.head = head;
    }

    Head head() {
      return head;
    }
  }

  Optimization optimization() {
    return new Optimization(
        steps,
        rate,
        warmup,
        schedule,
        weightDecay,
        epsilon,
        decayGroups,
        clip,
        headRate,
        layerDecay,
        accumulate,
        dropPath,
        textDropout,
        checkpointEvery);
  }
}
