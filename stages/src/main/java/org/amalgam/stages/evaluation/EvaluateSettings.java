package org.amalgam.stages.evaluation;

import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;

/** Settings of evaluation. */
public record EvaluateSettings(
    @Doc(
            "A fine-tuned model; for retrieval and pretraining one straight after pre-training or"
                + " merging.")
        @Port("weights")
        Input model,
    @Doc("Where the task's data are.") @Port("corpus") Input corpus,
    @Doc("What to measure.") Task task,
    @Doc("Source of the captions for retrieval; empty for the first that has held-out ones.")
        @Default("")
        String source,
    @Doc("Which held-out part of the data.") @Default("test") HeldOut split,
    @Doc("Examples of one forward pass.") @Range(min = 1) @Default("100") int batch) {
  /** The tasks that evaluation knows. */
  public enum Task {
    VQA,
    RETRIEVAL,
    NLVR2,
    CLASSIFICATION,
    SEGMENTATION,
    /**
     * The pre-training losses, matching and word accuracy and zero-shot retrieval of a model
     * straight after pre-training or merging.
     */
    PRETRAINING
  }

  /** The parts that no training reads. */
  public enum HeldOut {
    VAL,
    TEST
  }
}
