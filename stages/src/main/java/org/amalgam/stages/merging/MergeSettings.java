package org.amalgam.stages.merging;

import org.amalgam.pipelines.stage.ChosenBy;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;
import org.jspecify.annotations.Nullable;

/** What a recipe says about a merge. */
public record MergeSettings(
    @Doc("The modality-specific model.") @Port("weights") Input model,
    @Doc("The modality-agnostic model from which the experts were trained.") @Port("weights")
        @Nullable Input origin,
    @Doc("Gram matrices of the inputs of the model's linear layers.") @Port("grams")
        @Nullable Input grams,
    @Doc("Mean squared gradients of the model's weights.") @Port("fisher") @Nullable Input fisher,
    @Doc("How experts become one tensor.") String method,
    @Doc("The settings of the method.") @ChosenBy("method") MergeMethod merging,
    @Doc("Heap to use at most, in MiB, less where the virtual machine has less.")
        @Incidental
        @Range(min = 1, max = 1 << 20)
        @Default("1024")
        long memory) {
  public MergeSettings {
    if (merging.usesOrigin() && origin == null) {
      throw new IllegalArgumentException(
          "method "
              + method
              + " needs the model that the experts were trained from; add origin: ${STAGE}");
    }
    if (merging.usesGrams() && grams == null) {
      throw new IllegalArgumentException(
          "method "
              + method
              + " needs the Gram matrices of the model's inputs; add a gram stage and grams:"
              + " ${STAGE}");
    }
    if (merging.usesFisher() && fisher == null) {
      throw new IllegalArgumentException(
          "method "
              + method
              + " needs the mean squared gradients of the model's weights; add fisher: ${STAGE}");
    }
  }
}
