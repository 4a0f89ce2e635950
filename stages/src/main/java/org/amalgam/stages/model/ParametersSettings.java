package org.amalgam.stages.model;

import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;

/** Settings of counting parameters; what is left out is the paper's. */
public record ParametersSettings(
    @Doc("One of the paper's sizes: ViT-B/16 or ViT-Tiny/16.") @Default("base") ModelSize size,
    @Doc("Which sub-layers each modality has for itself.") Architecture architecture,
    @Doc("What the model is for: it decides the heads and the classes.") @Default("vqa")
        CountedTask task,
    @Doc("Side of an image in pixels; 0 for the paper's of the task.")
        @Range(min = 0, max = 4096)
        @Default("0")
        int imageSize) {
  ModelConfig config() {
    int pixels = imageSize == 0 ? task.imageSize() : imageSize;
    return size.config(architecture, task.heads(), pixels, task.classes());
  }
}
