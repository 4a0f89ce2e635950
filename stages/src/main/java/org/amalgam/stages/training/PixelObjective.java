package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.MaskSet;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.model.TaskHeads;
import org.amalgam.stages.model.Transformer;

/** Segmentation: the class of every pixel (facts of the released code, section 4.5). */
final class PixelObjective implements Objective<PixelObjective.Batch> {
  private final MaskSet set;
  private final SampleOrder order;
  private final LossScript script;

  PixelObjective(MaskSet set, FineTuneSettings settings, StageContext context, NDManager manager)
      throws StageFailure {
    if (settings.augmentation() != Augmentation.NONE) {
      throw new StageFailure(
          "augmentation: segmentation has none, since masks would have to move with the images;"
              + " set augmentation: none");
    }
    this.set = set;
    this.order =
        new SampleOrder(context.seed(), 0, set.size(), settings.batch(), settings.accumulate());
    this.script = LossScript.smoothing(manager, settings.labelSmoothing());
  }

  /**
   * Images and what their pixels show.
   *
   * @param classes (images, side, side)
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on to the device; not compared
  record Batch(PixelBatch pixels, long[] classes) {}

  @Override
  public Batch prepare(int step, int part) {
    int[] batch = order.of(step, part);
    int area = set.masks().imageBytes();
    List<PixelBatch.Source> sources = new ArrayList<>();
    byte[] mask = new byte[area];
    long[] classes = new long[batch.length * area];
    for (int i = 0; i < batch.length; i++) {
      sources.add(new PixelBatch.Source(set.images(), batch[i]));
      set.masks().copy(batch[i], mask, 0);
      for (int k = 0; k < area; k++) {
        classes[i * area + k] = mask[k] & 255;
      }
    }
    return new Batch(PixelBatch.of(sources), classes);
  }

  @Override
  public Losses losses(Transformer.Pass pass, NDManager manager, Batch batch) {
    NDArray logits = TaskHeads.ofPixels(pass, batch.pixels().on(manager));
    int side = batch.pixels().side();
    Shape shape = new Shape(batch.pixels().count(), side, side);
    NDArray classes = manager.create(batch.classes(), shape);
    return new Losses(script.smoothedCrossEntropy(logits, classes), Map.of());
  }

  @Override
  public void close() {
    script.close();
  }
}
