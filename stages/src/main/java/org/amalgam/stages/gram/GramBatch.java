package org.amalgam.stages.gram;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.amalgam.stages.data.PaddedTexts;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.TextBatch;
import org.amalgam.stages.data.Tokenizer;
import org.amalgam.stages.model.Encoder;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.Modality;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Sequence;
import org.amalgam.stages.model.TaskHeads;
import org.amalgam.stages.model.Transformer;

/**
 * Some pairs on their way through the layers. Every token is computed in every layer, also in the
 * last, of which a task reads few.
 */
record GramBatch(
    ModelConfig config,
    GramData data,
    Tokenizer tokenizer,
    List<int[]> texts,
    List<GramData.Pair> pairs) {
  static GramBatch of(
      ModelConfig config, GramData data, Tokenizer tokenizer, List<GramData.Pair> pairs) {
    List<int[]> texts = new ArrayList<>();
    for (GramData.Pair pair : pairs) {
      texts.add(tokenizer.encode(pair.text(), config.textLength()));
    }
    return new GramBatch(config, data, tokenizer, texts, pairs);
  }

  /**
   * Runs the pairs through the model.
   *
   * @param layers how many of the layers from the lowest are needed
   */
  void run(Transformer.Pass pass, NDManager scope, int layers, GramSums sums) {
    int longest = texts.stream().mapToInt(text -> text.length).max().orElse(1);
    // The released code pads every text to the model's length, so all of it counts.
    int length = data.padding() ? config.textLength() : longest;
    TextBatch text =
        PaddedTexts.of(texts, tokenizer.padId(), config.imageTokens(), length).on(scope);
    int below = Math.min(layers, config.layers() - config.crossLayers());
    NDArray ofText = data.padding() ? null : rows(scope, length, length);
    sums.count(null);
    NDArray image = pass.bottom(imageTokens(pass, scope), Modality.VISION, Sequence.image(), below);
    sums.count(ofText);
    Sequence words = Encoder.sequence(text);
    NDArray language = pass.bottom(pass.textTokens(text.ids()), Modality.LANGUAGE, words, below);
    if (layers <= below) {
      return;
    }
    if (data.task().isApart()) {
      pass.top(language, Modality.LANGUAGE, words);
      sums.count(null);
      pass.top(image, Modality.VISION, Sequence.image());
    }
    if (data.task().isJoint()) {
      sums.count(data.padding() ? null : rows(scope, length, length + config.imageTokens()));
      Sequence both = Sequence.joint(length, text.jointMask());
      pass.top(pass.joint(language, image), Modality.CROSS, both);
    }
  }

  private NDArray imageTokens(Transformer.Pass pass, NDManager scope) {
    NDArray pixels = PixelBatch.of(scope, pairs.stream().map(GramData.Pair::image).toList());
    if (!config.headSet().contains(Head.NLVR2)) {
      // A model that was not tuned on it tells no second image; tuning starts its row as a copy.
      return pass.imageTokens(pass.normalized(pixels));
    }
    long[] types = pairs.stream().mapToLong(pair -> pair.isSecond() ? 2 : 1).toArray();
    return TaskHeads.imageTokens(pass, pixels, scope.create(types, new Shape(types.length)));
  }

  /**
   * The positions that are not padding.
   *
   * @param length of the padded text, with which a sequence begins
   * @param tokens of a sequence
   */
  private NDArray rows(NDManager scope, int length, int tokens) {
    long[] rows = new long[texts.size() * tokens];
    int n = 0;
    for (int i = 0; i < texts.size(); i++) {
      for (int t = 0; t < tokens; t++) {
        if (t < texts.get(i).length || t >= length) {
          rows[n++] = (long) i * tokens + t;
        }
      }
    }
    return scope.create(Arrays.copyOf(rows, n), new Shape(n));
  }
}
