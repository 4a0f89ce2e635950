package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.data.LabelledSet;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.model.TaskHeads;
import org.amalgam.stages.model.Transformer;

/** Classification of images by the vision encoder (facts of the released code, section 4.4). */
final class ClassObjective implements Objective<ClassObjective.Batch> {
  private final LabelledSet images;
  private final SampleOrder order;
  private final Augmenting augmenting;
  private final LossScript script;

  ClassObjective(
      LabelledSet images, FineTuneSettings settings, StageContext context, NDManager manager) {
    this.images = images;
    this.order =
        new SampleOrder(context.seed(), 0, images.size(), settings.batch(), settings.accumulate());
    this.augmenting = new Augmenting(settings.augmentation(), context.seed(), 0);
    this.script = LossScript.smoothing(manager, settings.labelSmoothing());
  }

  /** Images and their classes. */
  @SuppressWarnings("ArrayRecordComponent") // handed on to the device; not compared
  record Batch(PixelBatch pixels, int[] classes) {}

  @Override
  public Batch prepare(int step, int part) {
    int[] batch = order.of(step, part);
    List<PixelBatch.Source> sources = new ArrayList<>();
    int[] classes = new int[batch.length];
    for (int i = 0; i < batch.length; i++) {
      sources.add(new PixelBatch.Source(images.images(), batch[i]));
      classes[i] = images.nouns()[batch[i]];
    }
    return new Batch(augmenting.batch(sources, step, order.first(part)), classes);
  }

  @Override
  public Losses losses(Transformer.Pass pass, NDManager manager, Batch batch) {
    NDArray logits = TaskHeads.ofImages(pass, batch.pixels().on(manager));
    return new Losses(
        script.smoothedCrossEntropy(logits, LossScript.longs(manager, batch.classes())), Map.of());
  }

  @Override
  public void close() {
    script.close();
  }
}
