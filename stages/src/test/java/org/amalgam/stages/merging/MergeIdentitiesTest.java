package org.amalgam.stages.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.tensor.HostTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold for any weights, each checked on all tensors of a small model. */
class MergeIdentitiesTest {
  private static final SortedMap<String, HostTensor> SPECIFIC =
      SmallModel.weights(SmallModel.ALL, 1);
  private static final SortedMap<String, HostTensor> ORIGIN = SmallModel.weights(Set.of(), 2);
  private static final SortedMap<String, HostTensor> GRAMS = SmallModel.grams(3, 40);

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  /** What a merged tensor should be, from its experts v, l, perhaps vl, and W0; in f64. */
  private interface Formula {
    double at(double[] experts, double origin);
  }

  private SortedMap<String, HostTensor> merge(MergeMethod method) throws Exception {
    return SmallModel.merge(directory, method, SPECIFIC, ORIGIN, GRAMS);
  }

  private static MergeMethod interpolation(double alpha) {
    return new Interpolation(alpha, false, MergeTask.ANY);
  }

  private static MergeMethod arithmetic(double lambda, Variant variant) {
    return new ModalityArithmetic(lambda, variant, false, MergeTask.ANY);
  }

  private static float[] floats(SortedMap<String, HostTensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name).floats();
  }

  private static String expert(int layer, String parameter, String expert) {
    return "transformer.blocks." + layer + "." + parameter.replaceFirst("\\.", "." + expert + ".");
  }

  private static void assertMerged(
      SortedMap<String, HostTensor> merged,
      SortedMap<String, HostTensor> specific,
      double tolerance,
      Formula formula) {
    for (int layer = 0; layer < SmallModel.LAYERS; layer++) {
      for (String parameter : SmallModel.PARAMETERS.keySet()) {
        List<String> names = SmallModel.experts(layer);
        String name = "transformer.blocks." + layer + "." + parameter;
        float[] actual = floats(merged, name);
        float[] origin = floats(ORIGIN, name);
        for (int i = 0; i < actual.length; i++) {
          double[] experts = new double[names.size()];
          for (int e = 0; e < experts.length; e++) {
            experts[e] = floats(specific, expert(layer, parameter, names.get(e)))[i];
          }
          assertThat((double) actual[i])
              .as("%s[%d]", name, i)
              .isCloseTo(formula.at(experts, origin[i]), within(tolerance));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.25, 0.6, 1})
  void interpolationLeavesAThirdToTheCrossModalExpertWhateverAlpha(double alpha) throws Exception {
    assertMerged(
        merge(interpolation(alpha)),
        SPECIFIC,
        2e-7,
        (w, origin) -> {
          double unimodal = alpha * w[0] + (1 - alpha) * w[1];
          return w.length == 2 ? unimodal : 2 * unimodal / 3 + w[2] / 3;
        });
  }

  @Test
  void visionAloneIsCopiedExactlyBelowTheTopLayers() throws Exception {
    SortedMap<String, HostTensor> merged = merge(interpolation(1));
    assertThat(floats(merged, "transformer.blocks.0.attn.qkv.weight"))
        .isEqualTo(floats(SPECIFIC, "transformer.blocks.0.attn.v.qkv.weight"));
  }

  @Test
  void theTasksExpertsCanBeTakenAlone() throws Exception {
    SortedMap<String, HostTensor> vqa = merge(new Interpolation(0.5, true, MergeTask.VQA));
    assertMerged(vqa, SPECIFIC, 2e-7, (w, o) -> w.length == 2 ? (w[0] + w[1]) / 2 : w[2]);
    SortedMap<String, HostTensor> retrieval =
        merge(new Interpolation(0.25, true, MergeTask.RETRIEVAL));
    assertMerged(retrieval, SPECIFIC, 2e-7, (w, o) -> 0.25 * w[0] + 0.75 * w[1]);
  }

  @Test
  void equalExpertsMergeToThemselvesAndArithmeticCountsTheirVectors() throws Exception {
    SortedMap<String, HostTensor> equal = equalExperts();
    for (MergeMethod method :
        List.of(interpolation(0.3), new RegMean(0.9, Variant.PAPER, MergeTask.ANY, 0, false))) {
      SortedMap<String, HostTensor> merged =
          SmallModel.merge(directory, method, equal, ORIGIN, GRAMS);
      assertMerged(merged, equal, 2e-7, (w, origin) -> w[0]);
    }
    SortedMap<String, HostTensor> moved =
        SmallModel.merge(directory, arithmetic(0.4, Variant.PAPER), equal, ORIGIN, GRAMS);
    assertMerged(moved, equal, 5e-7, (w, o) -> o + 0.4 * w.length * (w[0] - o));
  }

  private static SortedMap<String, HostTensor> equalExperts() {
    SortedMap<String, HostTensor> equal = new TreeMap<>(SPECIFIC);
    for (int layer = 0; layer < SmallModel.LAYERS; layer++) {
      for (String parameter : SmallModel.PARAMETERS.keySet()) {
        HostTensor vision =
            Objects.requireNonNull(SPECIFIC.get(expert(layer, parameter, "v")), parameter);
        for (String expert : SmallModel.experts(layer)) {
          equal.put(expert(layer, parameter, expert), vision);
        }
      }
    }
    return equal;
  }

  @Test
  void atOneHalfArithmeticIsInterpolationButForASixthOfTheVectorsOnTop() throws Exception {
    assertMerged(
        merge(arithmetic(0.5, Variant.PAPER)),
        SPECIFIC,
        5e-7,
        (w, o) -> {
          if (w.length == 2) {
            return (w[0] + w[1]) / 2;
          }
          return (w[0] + w[1] + w[2]) / 3 + (w[0] + w[1] + w[2] - 3 * o) / 6;
        });
    assertMerged(
        merge(arithmetic(1 / 3.0, Variant.PAPER)),
        SPECIFIC,
        5e-7,
        (w, o) -> w.length == 2 ? (o + w[0] + w[1]) / 3 : (w[0] + w[1] + w[2]) / 3);
    SortedMap<String, HostTensor> two =
        merge(new ModalityArithmetic(0.5, Variant.PAPER, true, MergeTask.RETRIEVAL));
    assertMerged(two, SPECIFIC, 5e-7, (w, o) -> (w[0] + w[1]) / 2);
  }

  @Test
  void theReleasedArithmeticIsAChainThatForgetsTheOrigin() throws Exception {
    assertMerged(
        merge(arithmetic(0.5, Variant.AS_RELEASED)),
        SPECIFIC,
        5e-7,
        (w, o) ->
            w.length == 2
                ? 0.25 * o + 0.25 * w[0] + 0.5 * w[1]
                : 0.125 * o + 0.125 * w[0] + 0.25 * w[1] + 0.5 * w[2]);
    assertMerged(
        merge(arithmetic(1, Variant.AS_RELEASED)), SPECIFIC, 5e-7, (w, o) -> w[w.length - 1]);
    assertMerged(merge(arithmetic(0, Variant.AS_RELEASED)), SPECIFIC, 0, (w, o) -> o);
    assertMerged(merge(arithmetic(0, Variant.PAPER)), SPECIFIC, 0, (w, o) -> o);
  }

  @Test
  void whatIsSharedStaysAsItIsBitForBit() throws Exception {
    for (MergeMethod method :
        List.of(
            interpolation(0.7),
            arithmetic(0.5, Variant.PAPER),
            new RegMean(1, Variant.PAPER, MergeTask.ANY, 0, false))) {
      SortedMap<String, HostTensor> merged = merge(method);
      assertThat(merged.keySet()).isEqualTo(ORIGIN.keySet());
      List<String> shared = SPECIFIC.keySet().stream().filter(ORIGIN.keySet()::contains).toList();
      assertThat(shared).hasSize(6);
      for (String name : shared) {
        assertThat(merged.get(name)).as(name).isEqualTo(SPECIFIC.get(name));
      }
    }
  }

  @Test
  void onlyWhatIsCustomIsMerged() throws Exception {
    SortedMap<String, HostTensor> attention = SmallModel.weights(Set.of("attn", "norm1"), 5);
    SortedMap<String, HostTensor> merged =
        SmallModel.merge(directory, interpolation(0.5), attention, ORIGIN, GRAMS);
    assertThat(merged.keySet()).isEqualTo(ORIGIN.keySet());
    String fc1 = "transformer.blocks.2.mlp.fc1.weight";
    assertThat(merged.get(fc1)).isEqualTo(attention.get(fc1));
    float[] bias = floats(merged, "transformer.blocks.0.attn.q_bias");
    float[] vision = floats(attention, "transformer.blocks.0.attn.v.q_bias");
    float[] language = floats(attention, "transformer.blocks.0.attn.l.q_bias");
    float[] mean = new float[bias.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = 0.5f * vision[i] + 0.5f * language[i];
    }
    assertThat(bias).isEqualTo(mean);
  }
}
