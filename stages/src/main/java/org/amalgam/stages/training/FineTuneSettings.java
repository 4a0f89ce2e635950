package org.amalgam.stages.training;

import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
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
        Augmentation augmentation) {
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
        steps, batch, rate, warmup, weightDecay, clip, headRate, dropPath, textDropout);
  }
}
