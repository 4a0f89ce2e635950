package org.amalgam.stages.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.stages.data.TextBatch;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.Torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What must not depend on what, for any weights (paper section 3.1). */
class InvarianceTest {
  private static final int N = 3;
  private static final Head[] ALL = {Head.ITC, Head.ITM, Head.VQA};

  /** What is read of one model on the same inputs. */
  private record Read(float[] imageFeature, float[] textFeature, float[] pooled, float[] answers) {}

  private static Read read(ModelConfig config, SortedMap<String, HostTensor> weights, long image)
      throws Exception {
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Transformer transformer = new Transformer(config, manager)) {
      Transformer.Pass pass = transformer.pass(PicoModel.bound(manager, weights));
      TextBatch text = PicoModel.texts(manager, config, N, 2);
      NDArray pixels = PicoModel.pixels(manager, config, N, image);
      NDArray pooled = Encoder.pooled(pass, text, pixels);
      return new Read(
          Encoder.imageFeature(pass, pixels).toFloatArray(),
          Encoder.textFeature(pass, text).toFloatArray(),
          pooled.toFloatArray(),
          pass.answers(pooled).toFloatArray());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Architecture.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "CUSTOM_LAYER_NORM_AS_RELEASED")
  void expertsThatAreEqualAreTheSharedModelBitForBit(Architecture architecture) throws Exception {
    ModelConfig shared = PicoModel.config(Architecture.MODALITY_AGNOSTIC, 5, ALL);
    Checkpoint agnostic = new Checkpoint(shared, PicoModel.weights(shared, 1));
    ModelConfig apart = shared.withArchitecture(architecture);

    Read one = read(shared, agnostic.weights(), 3);
    Read other = read(apart, agnostic.as(apart, 1).weights(), 3);

    assertThat(other.imageFeature).isEqualTo(one.imageFeature);
    assertThat(other.textFeature).isEqualTo(one.textFeature);
    assertThat(other.pooled).isEqualTo(one.pooled);
    assertThat(other.answers).isEqualTo(one.answers);
  }

  /** With its LayerScales at zero the top layer hands on what comes from below. */
  @ParameterizedTest
  @EnumSource(Architecture.class)
  void belowTheTopLayersTheTextDoesNotSeeTheImageUnlessAsReleased(Architecture architecture)
      throws Exception {
    ModelConfig config = PicoModel.config(architecture, 5, ALL);
    SortedMap<String, HostTensor> weights = PicoModel.weights(config, 1);
    for (String scale : List.of("gamma_1", "gamma_2")) {
      weights.put(ParameterShapes.name(2, scale), HostTensor.ofFloats(new float[8], 8));
    }

    float[] one = read(config, weights, 3).pooled;
    float[] other = read(config, weights, 4).pooled;

    assertThat(Arrays.equals(one, other)).isEqualTo(!architecture.attendsJointlyBelow());
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void inTheTopLayersTheTextSeesTheImage(Architecture architecture) throws Exception {
    ModelConfig config = PicoModel.config(architecture, 5, ALL);
    SortedMap<String, HostTensor> weights = PicoModel.weights(config, 1);

    assertThat(read(config, weights, 4).pooled).isNotEqualTo(read(config, weights, 3).pooled);
  }

  @ParameterizedTest
  @EnumSource(
      value = Architecture.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "MODALITY_AGNOSTIC")
  void retrievalDoesNotReadCrossModalExperts(Architecture architecture) throws Exception {
    ModelConfig config = PicoModel.config(architecture, 5, ALL);
    SortedMap<String, HostTensor> weights = PicoModel.weights(config, 1);
    Predicate<String> crossModal = name -> name.matches(".*\\.(attn|mlp|norm1|norm2)\\.vl\\..*");

    Read sound = read(config, weights, 3);
    Read poisoned = read(config, poisoned(weights, crossModal), 3);

    assertThat(poisoned.imageFeature).isEqualTo(sound.imageFeature);
    assertThat(poisoned.textFeature).isEqualTo(sound.textFeature);
    assertThat(poisoned.answers).as("VQA reads them").containsOnly(Float.NaN);
  }

  @ParameterizedTest
  @EnumSource(
      value = Architecture.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "MODALITY_AGNOSTIC")
  void vqaDoesNotReadTheTopUnimodalExperts(Architecture architecture) throws Exception {
    ModelConfig config = PicoModel.config(architecture, 5, ALL);
    SortedMap<String, HostTensor> weights = PicoModel.weights(config, 1);
    Predicate<String> topUnimodal =
        name -> name.matches(".*blocks\\.2\\.(attn|mlp|norm1|norm2)\\.[vl]\\..*");

    Read sound = read(config, weights, 3);
    Read poisoned = read(config, poisoned(weights, topUnimodal), 3);

    assertThat(poisoned.answers).isEqualTo(sound.answers);
    assertThat(poisoned.imageFeature).as("retrieval reads them").containsOnly(Float.NaN);
    assertThat(poisoned.textFeature).as("retrieval reads them").containsOnly(Float.NaN);
  }

  /** What reads a poisoned tensor is no number. */
  private static SortedMap<String, HostTensor> poisoned(
      SortedMap<String, HostTensor> weights, Predicate<String> which) {
    SortedMap<String, HostTensor> poisoned = new TreeMap<>(weights);
    poisoned.replaceAll(
        (name, tensor) -> {
          float[] nothing = new float[Math.toIntExact(tensor.info().elements())];
          Arrays.fill(nothing, Float.NaN);
          return which.test(name) ? HostTensor.ofFloats(nothing, tensor.info().shape()) : tensor;
        });
    assertThat(poisoned).isNotEqualTo(weights);
    return poisoned;
  }
}
