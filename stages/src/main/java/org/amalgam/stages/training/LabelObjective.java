package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.data.LabelledSet;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.model.Encoder;
import org.amalgam.stages.model.Modality;
import org.amalgam.stages.model.Sequence;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.RandomStream;

/** Naming the sprite and the background of an image from the mean of its patches. */
final class LabelObjective implements Objective<LabelObjective.Batch> {
  private static final String NOUN = "noun_classifier";
  private static final String BACKGROUND = "background_classifier";
  private final LabelledSet images;
  private final SampleOrder order;
  private final long seed;
  private final LossScript script;

  LabelObjective(LabelledSet images, int batch, long seed, NDManager manager) {
    this.images = images;
    this.order = new SampleOrder(seed, 0, images.nouns().length, batch, 1);
    this.seed = seed;
    this.script = new LossScript(manager, 1);
  }

  /** The two linear heads, which exist during this training only. */
  SortedMap<String, HostTensor> heads(int width) {
    SortedMap<String, HostTensor> heads = new TreeMap<>();
    linear(heads, NOUN, images.nounNames().size(), width);
    linear(heads, BACKGROUND, images.backgroundNames().size(), width);
    return heads;
  }

  private void linear(SortedMap<String, HostTensor> into, String name, int classes, int width) {
    float[] weight = new float[classes * width];
    RandomStream.of(seed, "weights/" + name).fillGaussian(weight, 0.7 / Math.sqrt(width));
    into.put(name + ".weight", HostTensor.ofFloats(weight, classes, width));
    into.put(name + ".bias", HostTensor.ofFloats(new float[classes], classes));
  }

  /** Images and what they show. */
  @SuppressWarnings("ArrayRecordComponent") // handed on to the device; not compared
  record Batch(PixelBatch pixels, int[] nouns, int[] backgrounds) {}

  @Override
  public Batch prepare(int step, int part) {
    int[] batch = order.of(step, part);
    List<PixelBatch.Source> sources = new ArrayList<>();
    int[] nouns = new int[batch.length];
    int[] backgrounds = new int[batch.length];
    for (int i = 0; i < batch.length; i++) {
      sources.add(new PixelBatch.Source(images.images(), batch[i]));
      nouns[i] = images.nouns()[batch[i]];
      backgrounds[i] = images.backgrounds()[batch[i]];
    }
    return new Batch(PixelBatch.of(sources), nouns, backgrounds);
  }

  @Override
  public Losses losses(Transformer.Pass pass, NDManager manager, Batch batch) {
    NDArray bottom = Encoder.imageBottom(pass, batch.pixels().on(manager));
    NDArray states = pass.norm(pass.top(bottom, Modality.VISION, Sequence.image()));
    NDArray features = script.meanOfPatches(states);
    NDArray noun = head(pass, manager, features, NOUN, batch.nouns());
    NDArray background = head(pass, manager, features, BACKGROUND, batch.backgrounds());
    Map<String, NDArray> parts = new LinkedHashMap<>();
    parts.put("noun", noun);
    parts.put("background", background);
    return new Losses(script.sum(noun, background), parts);
  }

  private NDArray head(
      Transformer.Pass pass, NDManager manager, NDArray features, String name, int[] labels) {
    NDArray logits =
        script.classify(features, pass.weight(name + ".weight"), pass.weight(name + ".bias"));
    return script.crossEntropy(logits, LossScript.longs(manager, labels));
  }

  @Override
  public void close() {
    script.close();
  }
}
