package org.amalgam.stages.evaluation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.amalgam.stages.data.HiddenWords;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.TextBatch;
import org.amalgam.stages.data.Tokenizer;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Encoder;
import org.amalgam.stages.model.Modality;
import org.amalgam.stages.model.Sequence;
import org.amalgam.stages.model.TaskHeads;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.FlatParameters;
import org.amalgam.stages.tensor.HostTensor;

/** A model that is only asked. */
final class FrozenModel implements AutoCloseable {
  private final Tokenizer tokenizer;
  private final NDManager manager;
  private final FlatParameters parameters;
  private final Transformer transformer;
  private final SortedMap<String, HostTensor> weights;

  FrozenModel(Checkpoint checkpoint, Tokenizer tokenizer, String precision, NDManager manager) {
    this.tokenizer = tokenizer;
    this.manager = manager;
    this.weights = checkpoint.weights();
    this.parameters =
        new FlatParameters(
            manager, checkpoint.weights(), name -> new FlatParameters.Group(false, 1));
    this.transformer = new Transformer(checkpoint.config(), precision, manager);
  }

  int[] tokens(String text) {
    return tokenizer.encode(text, transformer.config().textLength());
  }

  /** Image features, one row each. */
  float[][] imageFeatures(List<PixelBatch.Source> images) {
    return ask((pass, scope) -> Encoder.imageFeature(pass, PixelBatch.of(scope, images)));
  }

  /** Text features, one row each. */
  float[][] textFeatures(List<int[]> texts) {
    return ask((pass, scope) -> Encoder.textFeature(pass, batch(scope, texts)));
  }

  /** Answer logits, one row a question. */
  float[][] answers(List<int[]> questions, List<PixelBatch.Source> images) {
    return ask(
        (pass, scope) ->
            pass.answers(
                Encoder.pooled(pass, batch(scope, questions), PixelBatch.of(scope, images))));
  }

  /** Logits of false and true, one row a statement; first all left images, then all right ones. */
  float[][] truths(List<int[]> statements, List<PixelBatch.Source> images) {
    return ask(
        (pass, scope) ->
            TaskHeads.ofTwoImages(pass, batch(scope, statements), PixelBatch.of(scope, images)));
  }

  /** Logits of classes, one row an image. */
  float[][] classes(List<PixelBatch.Source> images) {
    return ask((pass, scope) -> TaskHeads.ofImages(pass, PixelBatch.of(scope, images)));
  }

  /** Logits (classes, side, side) flattened, one row an image. */
  float[][] pixels(List<PixelBatch.Source> images) {
    return ask((pass, scope) -> TaskHeads.ofPixels(pass, PixelBatch.of(scope, images)));
  }

  /** Image features through the cross-modal experts of the top layers, one row each. */
  float[][] tailImageFeatures(List<PixelBatch.Source> images) {
    return ask(
        (pass, scope) -> {
          NDArray bottom = Encoder.imageBottom(pass, PixelBatch.of(scope, images));
          return pass.project(
              Encoder.cls(pass, bottom, Modality.CROSS, Sequence.image()), "vl_image");
        });
  }

  /** Text features through the cross-modal experts of the top layers, one row each. */
  float[][] tailTextFeatures(List<int[]> texts) {
    return ask(
        (pass, scope) -> {
          TextBatch text = batch(scope, texts);
          NDArray bottom = Encoder.textBottom(pass, text);
          return pass.project(
              Encoder.cls(pass, bottom, Modality.CROSS, Encoder.sequence(text)), "vl_text");
        });
  }

  /** Logits of not matching and matching, one row a pair. */
  float[][] matches(List<int[]> texts, List<PixelBatch.Source> images) {
    return ask(
        (pass, scope) ->
            pass.itm(Encoder.pooled(pass, batch(scope, texts), PixelBatch.of(scope, images))));
  }

  /** Logits of the pieces, one row a hidden piece. */
  float[][] words(List<int[]> masked, List<PixelBatch.Source> images, HiddenWords hidden) {
    return ask(
        (pass, scope) -> {
          TextBatch text = batch(scope, masked);
          NDArray joint =
              pass.joint(
                  Encoder.textStart(pass, text),
                  Encoder.imageStart(pass, PixelBatch.of(scope, images)));
          NDArray at = scope.create(hidden.at(), new Shape(hidden.texts(), hidden.most()));
          Sequence sequence = Sequence.joint(text.length(), text.jointMask());
          NDArray states = pass.norm(pass.topAt(joint, Modality.CROSS, sequence, at));
          long width = states.getShape().get(2);
          NDArray flat = states.reshape(new Shape((long) hidden.texts() * hidden.most(), width));
          long[] rows = Arrays.stream(hidden.rows()).asLongStream().toArray();
          return pass.mlm(pass.rows(flat, scope.create(rows)));
        });
  }

  /** The factor on cosines, from the logarithm that the model has. */
  double scale(String name) {
    HostTensor log = weights.get(name);
    if (log == null) {
      throw new IllegalStateException("the model has no " + name);
    }
    return Math.exp(log.floats()[0]);
  }

  private TextBatch batch(NDManager scope, List<int[]> texts) {
    return TextBatch.of(scope, texts, tokenizer.padId(), transformer.config().imageTokens());
  }

  private interface Question {
    NDArray answer(Transformer.Pass pass, NDManager scope);
  }

  private float[][] ask(Question question) {
    try (NDManager scope = manager.newSubManager()) {
      try {
        Map<String, NDArray> weights = parameters.attach(scope);
        NDArray rows = question.answer(transformer.pass(weights), scope);
        int n = (int) rows.getShape().get(0);
        int d = (int) (rows.getShape().size() / n);
        float[] flat = rows.toFloatArray();
        float[][] split = new float[n][];
        for (int i = 0; i < n; i++) {
          split[i] = Arrays.copyOfRange(flat, i * d, (i + 1) * d);
        }
        return split;
      } finally {
        parameters.detach();
      }
    }
  }

  @Override
  public void close() {
    transformer.close();
    parameters.close();
  }
}
