package org.amalgam.stages.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.stages.data.TextBatch;
import org.amalgam.stages.tensor.FlatParameters;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.Torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayerTapeTest {
  private static final int N = 3;

  /** The gradient of every tensor, by name, and the loss under "loss". */
  private static SortedMap<String, float[]> gradients(Architecture architecture, boolean autograd)
      throws Exception {
    return gradients(architecture, autograd, "f32");
  }

  private static SortedMap<String, float[]> gradients(
      Architecture architecture, boolean autograd, String precision) throws Exception {
    ModelConfig config = PicoModel.config(architecture, 0);
    SortedMap<String, HostTensor> weights = PicoModel.weights(config, 5);
    SortedMap<String, float[]> byName = new TreeMap<>();
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Transformer transformer = new Transformer(config, precision, manager);
        FlatParameters parameters =
            new FlatParameters(manager, weights, name -> new FlatParameters.Group(true, 1));
        NDManager step = manager.newSubManager()) {
      Torch.recordGradients(true);
      Map<String, NDArray> leaves = parameters.attach(step);
      Transformer.Pass pass =
          autograd
              ? transformer.pass(leaves)
              : transformer.pass(leaves, parameters.gradients(), Dropout.NONE);
      NDArray loss = loss(pass, step, config);
      pass.backward(loss);
      byName.put("loss", loss.toFloatArray());
      parameters.detach();
      parameters.gradients().forEach((name, sum) -> byName.put(name, sum.toFloatArray()));
    } finally {
      Torch.recordGradients(false);
    }
    return byName;
  }

  /** Reads all tokens of one pass, and a few of another, one of them twice. */
  private static NDArray loss(Transformer.Pass pass, NDManager step, ModelConfig config) {
    NDArray pixels = pass.normalized(PicoModel.pixels(step, config, N, 1));
    TextBatch texts = PicoModel.texts(step, config, N, 2);
    Sequence words = Encoder.sequence(texts);
    NDArray image = pass.bottom(pass.imageTokens(pixels), Modality.VISION, Sequence.image());
    NDArray first = step.zeros(new Shape(N, 1), DataType.INT64);
    NDArray cls = pass.topAt(image, Modality.VISION, Sequence.image(), first);
    NDArray text = Encoder.textBottom(pass, texts);
    NDArray whole = pass.top(text, Modality.LANGUAGE, words);
    Sequence both = Sequence.joint(texts.length(), texts.jointMask());
    NDArray at = step.create(new long[] {0, 2, 1, 1, 0, 7}, new Shape(N, 2));
    NDArray some = pass.topAt(pass.joint(text, image), Modality.CROSS, both, at);
    NDArray weights = step.create(ramp(8), new Shape(8));
    return pass.norm(whole)
        .mul(weights)
        .sum()
        .add(pass.norm(some).mul(weights).square().sum())
        .add(cls.mul(weights).sum());
  }

  private static float[] ramp(int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = 0.3f * i - 1;
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void theWrittenBackwardIsAutogradsForEveryTensor(Architecture architecture) throws Exception {
    SortedMap<String, float[]> written = gradients(architecture, false);
    SortedMap<String, float[]> autograd = gradients(architecture, true);

    assertThat(written.keySet()).isEqualTo(autograd.keySet());
    autograd.forEach(
        (name, expected) -> {
          float[] got = Objects.requireNonNull(written.get(name));
          double difference = 0;
          double norm = 0;
          for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(got[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
          }
          assertThat(Math.sqrt(difference)).as(name).isLessThanOrEqualTo(3e-5 * Math.sqrt(norm));
        });
  }

  @Test
  void bf16GivesTheGradientUpToItsRoundingAndNotTheSame() throws Exception {
    SortedMap<String, float[]> rounded = gradients(Architecture.MODALITY_SPECIFIC, false, "bf16");
    SortedMap<String, float[]> exact = gradients(Architecture.MODALITY_SPECIFIC, false);

    double difference = 0;
    double norm = 0;
    for (String name : exact.keySet()) {
      float[] got = Objects.requireNonNull(rounded.get(name));
      float[] expected = Objects.requireNonNull(exact.get(name));
      for (int i = 0; i < expected.length; i++) {
        difference += Math.pow(got[i] - expected[i], 2);
        norm += Math.pow(expected[i], 2);
      }
    }
    // A factor of bf16 has 8 bits: a relative error of up to 2^-8 each, over three layers.
    assertThat(Math.sqrt(difference / norm)).isBetween(1e-4, 0.05);
  }

  @Test
  void theLossReachesEveryKindOfTensorOfALayer() throws Exception {
    SortedMap<String, float[]> written = gradients(Architecture.MODALITY_SPECIFIC, false);

    assertThat(written).hasEntrySatisfying("loss", loss -> assertThat(loss[0]).isFinite());
    for (String tensor :
        ParameterShapes.of(PicoModel.config(Architecture.MODALITY_SPECIFIC, 0)).keySet()) {
      if (tensor.startsWith("transformer.blocks.2") && !tensor.contains("qkv")) {
        float[] got = Objects.requireNonNull(written.get(tensor));
        assertThat(got).as(tensor).isNotEqualTo(new float[got.length]);
      }
    }
  }

  @Test
  void withoutAPlaceForGradientsTheResultIsThatOfThePlainLayers() throws Exception {
    ModelConfig config = PicoModel.config(Architecture.CUSTOM_ATTENTION, 0);
    SortedMap<String, HostTensor> weights = PicoModel.weights(config, 9);
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Transformer transformer = new Transformer(config, manager)) {
      float[] frozen =
          loss(transformer.pass(PicoModel.bound(manager, weights)), manager, config).toFloatArray();
      Torch.recordGradients(true);
      float[] plain =
          loss(transformer.pass(PicoModel.bound(manager, weights)), manager, config).toFloatArray();

      assertThat(frozen[0]).isCloseTo(plain[0], withPercentage(1e-3));
    } finally {
      Torch.recordGradients(false);
    }
  }
}
