package org.amalgam.stages.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.stages.data.TextBatch;
import org.amalgam.stages.tensor.RandomStream;
import org.amalgam.stages.tensor.Torch;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DropoutTest {
  private static final Offset<Float> TOLERANCE = within(2e-5f);
  private static final Dropout HALF = new Dropout(0.6, 0, 7, 3, 0);

  @Test
  void theProbabilityRisesLinearlyFromNoneInTheFirstLayer() {
    Dropout paper = new Dropout(0.1, 0, 1, 0, 0);

    assertThat(paper.rate(0, 12)).isZero();
    assertThat(paper.rate(1, 12)).isCloseTo(0.1 / 11, within(1e-15));
    assertThat(paper.rate(11, 12)).isEqualTo(0.1);
  }

  @Test
  void branchesAreDroppedAsOftenAsSaidAndTheMeanStays() {
    float[] kept = kept(new DropPath(new Dropout(0.3, 0, 1, 0, 0), 2), 1, 20_000);

    int dropped = 0;
    double sum = 0;
    for (float factor : kept) {
      dropped += factor == 0 ? 1 : 0;
      sum += factor;
    }
    assertThat(dropped / 40_000.0).isCloseTo(0.3, within(0.01));
    assertThat(sum / 40_000).isCloseTo(1, within(0.02));
  }

  @Test
  void whatIsDroppedDependsOnSeedStepPartLayerAndUseAlone() {
    float[] first = new DropPath(HALF, 3).kept(2, 64);
    DropPath again = new DropPath(HALF, 3);
    again.kept(1, 5);

    assertThat(again.kept(2, 64)).isEqualTo(first);
    assertThat(again.kept(2, 64)).as("another use").isNotEqualTo(first);
    for (Dropout other :
        List.of(
            new Dropout(0.6, 0, 8, 3, 0),
            new Dropout(0.6, 0, 7, 4, 0),
            new Dropout(0.6, 0, 7, 3, 1))) {
      assertThat(new DropPath(other, 3).kept(2, 64)).isNotEqualTo(first);
    }
  }

  @Test
  void theFirstLayerAndEvaluationDropNothing() {
    assertThat(new DropPath(HALF, 3).kept(0, 8)).isNull();
    assertThat(new DropPath(Dropout.NONE, 3).kept(2, 8)).isNull();
  }

  @Test
  void aProbabilityOfOneIsRefused() {
    assertThatThrownBy(() -> new Dropout(1, 0, 0, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("drop-path");
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void aSampleIsComputedAsIfItsLayerScalesWereItsOwn(Architecture architecture) throws Exception {
    ModelConfig config = PicoModel.config(architecture, 0);
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Transformer transformer = new Transformer(config, manager)) {
      SortedMap<String, NDArray> weights = PicoModel.bound(manager, PicoModel.weights(config, 1));
      int n = 6;
      TextBatch text = PicoModel.texts(manager, config, n, 2);
      NDArray pixels = PicoModel.pixels(manager, config, n, 3);

      NDArray got = Encoder.pooled(transformer.pass(weights, HALF), text, pixels);

      // The joint pass uses a layer below the top first for the text, then for the image.
      boolean jointly = architecture.attendsJointlyBelow();
      DropPath draws = new DropPath(HALF, 3);
      float[] text1 = kept(draws, 1, n);
      float[] image1 = jointly ? text1 : kept(draws, 1, n);
      float[] top = kept(draws, 2, n);
      for (int i = 0; i < n; i++) {
        Transformer.Pass ofText = transformer.pass(scaled(weights, text1, top, i, n));
        Transformer.Pass ofImage = transformer.pass(scaled(weights, image1, top, i, n));
        NDArray joint =
            ofText.joint(
                Encoder.textStart(ofText, text).get(i + ":" + (i + 1)),
                Encoder.imageStart(ofImage, pixels.get(i + ":" + (i + 1))));
        NDArray mask = text.jointMask().get(i + ":" + (i + 1));
        NDArray cls =
            Encoder.cls(ofText, joint, Modality.CROSS, Sequence.joint(text.length(), mask));
        assertThat(got.get(i).toFloatArray())
            .containsExactly(ofText.pool(cls).toFloatArray(), TOLERANCE);
      }
    }
  }

  private static float[] kept(DropPath draws, int layer, int n) {
    float[] kept = draws.kept(layer, n);
    assertThat(kept).isNotNull();
    return java.util.Objects.requireNonNull(kept);
  }

  /** The weights with both LayerScales of layers 1 and 2 multiplied by what sample i drew. */
  private static SortedMap<String, NDArray> scaled(
      SortedMap<String, NDArray> weights, float[] below, float[] top, int i, int n) {
    SortedMap<String, NDArray> own = new java.util.TreeMap<>(weights);
    List<float[]> factors = List.of(below, top);
    for (int layer = 1; layer <= 2; layer++) {
      for (int branch = 0; branch < 2; branch++) {
        String name = ParameterShapes.name(layer, "gamma_" + (branch + 1));
        float factor = factors.get(layer - 1)[branch * n + i];
        own.computeIfPresent(name, (key, scale) -> scale.mul(factor));
      }
    }
    return own;
  }

  @Test
  void entriesOfTheTextEmbeddingAreDroppedWhereTheirNumberIsBelowTheRate() throws Exception {
    ModelConfig config = PicoModel.config(Architecture.MODALITY_AGNOSTIC, 0);
    Dropout dropout = new Dropout(0, 0.4, 5, 2, 0);
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        Transformer transformer = new Transformer(config, manager)) {
      SortedMap<String, NDArray> weights = PicoModel.bound(manager, PicoModel.weights(config, 1));
      weights.put("token_type_embeddings.weight", manager.zeros(new Shape(2, 8)));
      NDArray ids = PicoModel.texts(manager, config, 50, 2).ids();
      float[] whole = transformer.pass(weights).textTokens(ids).toFloatArray();

      Transformer.Pass pass = transformer.pass(weights, dropout);
      List<float[]> uses = new ArrayList<>();
      uses.add(pass.textTokens(ids).toFloatArray());
      uses.add(pass.textTokens(ids).toFloatArray());

      for (int use = 0; use < 2; use++) {
        RandomStream numbers = new TextDropout(dropout).stream(use);
        for (int i = 0; i < whole.length; i++) {
          float expected = numbers.nextDouble() < 0.4 ? 0 : whole[i] / 0.6f;
          assertThat(uses.get(use)[i]).as("entry %d", i).isCloseTo(expected, TOLERANCE);
        }
      }
    }
  }
}
