package org.amalgam.stages.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.tensor.HostTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegMeanTest {
  private static final SortedMap<String, HostTensor> SPECIFIC =
      SmallModel.weights(SmallModel.ALL, 11);
  private static final SortedMap<String, HostTensor> ORIGIN = SmallModel.weights(Set.of(), 12);
  private static final SortedMap<String, HostTensor> GRAMS = SmallModel.grams(13, 40);

  /** Gram matrices by name of the linear layers of one block, and their parameters. */
  private static final SortedMap<String, String> LINEAR =
      new TreeMap<>(
          java.util.Map.of(
              "attn.qkv.weight", "attn.@",
              "attn.proj.weight", "attn.@.proj",
              "mlp.fc1.weight", "mlp.@.fc1",
              "mlp.fc2.weight", "mlp.@.fc2"));

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  private SortedMap<String, HostTensor> merge(RegMean method, SortedMap<String, HostTensor> grams)
      throws Exception {
    return SmallModel.merge(directory, method, SPECIFIC, ORIGIN, grams);
  }

  private static RegMean paper(double gamma) {
    return new RegMean(gamma, Variant.PAPER, MergeTask.ANY, 0, false);
  }

  private static double[] matrix(SortedMap<String, HostTensor> tensors, String name) {
    HostTensor tensor = Objects.requireNonNull(tensors.get(name), name);
    double[] values = new double[(int) tensor.info().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          tensor.info().dtype().bytes() == 8
              ? tensor.data().getDouble(8 * i)
              : tensor.data().getFloat(4 * i);
    }
    return values;
  }

  private interface GramChange {
    double at(String name, int row, int column, double value);
  }

  private static SortedMap<String, HostTensor> changed(GramChange change) {
    SortedMap<String, HostTensor> changed = new TreeMap<>();
    for (String name : GRAMS.keySet()) {
      double[] values = matrix(GRAMS, name);
      int n = (int) Math.round(Math.sqrt(values.length));
      for (int i = 0; i < values.length; i++) {
        values[i] = change.at(name, i / n, i % n, values[i]);
      }
      changed.put(name, HostTensor.ofDoubles(values, n, n));
    }
    return changed;
  }

  private static void assertSame(
      SortedMap<String, HostTensor> actual, SortedMap<String, HostTensor> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    for (String name : LINEAR.keySet()) {
      for (int layer = 0; layer < SmallModel.LAYERS; layer++) {
        String tensor = "transformer.blocks." + layer + "." + name;
        double[] expectedValues = matrix(expected, tensor);
        double[] actualValues = matrix(actual, tensor);
        for (int i = 0; i < expectedValues.length; i++) {
          assertThat(actualValues[i]).as(tensor).isCloseTo(expectedValues[i], within(1e-6));
        }
      }
    }
  }

  /** Sum over experts of ||X_m (W - W_m)^T||^2 = tr((W - W_m) G_m (W - W_m)^T). */
  private static double residual(SortedMap<String, HostTensor> merged, double gamma) {
    double sum = 0;
    for (int layer = 0; layer < SmallModel.LAYERS; layer++) {
      String block = "transformer.blocks." + layer + ".";
      for (String parameter : LINEAR.keySet()) {
        double[] w = matrix(merged, block + parameter);
        for (String expert : SmallModel.experts(layer)) {
          String gramName = block + LINEAR.get(parameter).replace("@", expert);
          double[] gram = matrix(GRAMS, gramName);
          double[] own =
              matrix(SPECIFIC, block + parameter.replaceFirst("\\.", "." + expert + "."));
          sum += quadratic(w, own, gram, gamma);
        }
      }
    }
    return sum;
  }

  private static double quadratic(double[] w, double[] own, double[] gram, double gamma) {
    int n = (int) Math.round(Math.sqrt(gram.length));
    double sum = 0;
    for (int from = 0; from < w.length; from += n) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          double g = gram[i * n + j] * (i == j ? 1 : gamma);
          sum += (w[from + i] - own[from + i]) * g * (w[from + j] - own[from + j]);
        }
      }
    }
    return sum;
  }

  @Test
  void noOtherMergeIsNearerToTheExpertsOutputs() throws Exception {
    for (double gamma : new double[] {1, 0.9, 0.3}) {
      SortedMap<String, HostTensor> merged = merge(paper(gamma), GRAMS);
      double best = residual(merged, gamma);
      for (double alpha : new double[] {0, 0.25, 0.5, 0.75, 1}) {
        Interpolation other = new Interpolation(alpha, false, MergeTask.ANY);
        double residual =
            residual(SmallModel.merge(directory, other, SPECIFIC, ORIGIN, GRAMS), gamma);
        assertThat(best).isLessThan(residual);
      }
      for (String name : LINEAR.keySet()) {
        // A minimum: a small step of any element in either direction only adds.
        String tensor = "transformer.blocks.2." + name;
        for (float step : new float[] {0.01f, -0.01f}) {
          SortedMap<String, HostTensor> moved = new TreeMap<>(merged);
          HostTensor original = Objects.requireNonNull(merged.get(tensor));
          float[] values = original.floats();
          values[7] += step;
          moved.put(tensor, HostTensor.ofFloats(values, original.info().shape()));
          assertThat(residual(moved, gamma)).isGreaterThan(best);
        }
      }
    }
  }

  @Test
  void equalGramMatricesGiveThePlainMean() throws Exception {
    SortedMap<String, HostTensor> equal =
        new TreeMap<>(GRAMS); // each expert gets the vision expert's
    for (String name : GRAMS.keySet()) {
      String vision = name.replaceFirst("\\.(l|vl)(?=\\.|$)", ".v");
      equal.put(name, Objects.requireNonNull(GRAMS.get(vision), vision));
    }
    SortedMap<String, HostTensor> merged = merge(paper(0.9), equal);
    SortedMap<String, HostTensor> thirds =
        SmallModel.merge(
            directory, new Interpolation(0.5, false, MergeTask.ANY), SPECIFIC, ORIGIN, GRAMS);
    assertSame(merged, thirds);
    String bias = "transformer.blocks.2.mlp.fc2.bias";
    assertThat(matrix(merged, bias)).containsExactly(matrix(thirds, bias), within(1e-6));
  }

  @Test
  void onlyTheExpertsGramMatricesAgainstEachOtherMatter() throws Exception {
    SortedMap<String, HostTensor> merged = merge(paper(0.9), GRAMS);
    assertSame(merge(paper(0.9), changed((name, i, j, value) -> 7 * value)), merged);
    SortedMap<String, HostTensor> more =
        merge(
            paper(0.9),
            changed((name, i, j, value) -> name.matches(".*\\.v(\\..*)?") ? 7 * value : value));
    String tensor = "transformer.blocks.0.mlp.fc2.weight";
    assertThat(more.get(tensor)).isNotEqualTo(merged.get(tensor));
  }

  @Test
  void gammaScalesOnlyWhatIsOffTheDiagonal() throws Exception {
    SortedMap<String, HostTensor> diagonal = changed((name, i, j, value) -> i == j ? value : 0);
    SortedMap<String, HostTensor> merged = merge(paper(0), GRAMS);
    assertSame(merge(paper(0.4), diagonal), merged);
    assertSame(merge(paper(1), diagonal), merged);
    // gamma 0 is the mean of each input's column, weighted by the diagonal.
    double[] actual = matrix(merged, "transformer.blocks.0.attn.proj.weight");
    double[] v = matrix(SPECIFIC, "transformer.blocks.0.attn.v.proj.weight");
    double[] l = matrix(SPECIFIC, "transformer.blocks.0.attn.l.proj.weight");
    double[] gv = matrix(GRAMS, "transformer.blocks.0.attn.v.proj");
    double[] gl = matrix(GRAMS, "transformer.blocks.0.attn.l.proj");
    int n = SmallModel.WIDTH;
    for (int i = 0; i < actual.length; i++) {
      int j = i % n;
      double weightV = gv[j * n + j];
      double weightL = gl[j * n + j];
      assertThat(actual[i])
          .isCloseTo((v[i] * weightV + l[i] * weightL) / (weightV + weightL), within(1e-6));
    }
  }

  @Test
  void theReleasedCodeChoosesTheTopExpertsByTask() throws Exception {
    String top = "transformer.blocks.2.";
    SortedMap<String, HostTensor> vqa =
        merge(new RegMean(0.9, Variant.AS_RELEASED, MergeTask.VQA, 0, false), GRAMS);
    assertThat(vqa.get(top + "attn.qkv.weight"))
        .isEqualTo(SPECIFIC.get(top + "attn.vl.qkv.weight"));
    assertThat(vqa.get(top + "norm1.weight")).isEqualTo(SPECIFIC.get(top + "norm1.vl.weight"));

    // Grams collected on a pair task: no v and l in the top layer.
    SortedMap<String, HostTensor> pairs = new TreeMap<>(GRAMS);
    pairs.keySet().removeIf(name -> name.matches("transformer\\.blocks\\.2\\.\\w+\\.[vl](\\..*)?"));
    SortedMap<String, HostTensor> nlvr2 =
        merge(new RegMean(0.9, Variant.AS_RELEASED, MergeTask.NLVR2, 0, false), pairs);
    assertThat(nlvr2.get(top + "attn.qkv.weight"))
        .isEqualTo(SPECIFIC.get(top + "attn.vl.qkv.weight"));
    assertThat(nlvr2.get(top + "norm1.weight"))
        .isEqualTo(merge(paper(1), GRAMS).get(top + "norm1.weight"))
        .isNotEqualTo(SPECIFIC.get(top + "norm1.vl.weight"));

    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> merge(paper(0.9), pairs))
        .withMessageContaining("no Gram matrix transformer.blocks.2.attn.v");
  }

  @Test
  void aSingularGramMatrixIsRefusedUnlessDamped() throws Exception {
    SortedMap<String, HostTensor> few = SmallModel.grams(14, 2);
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> merge(paper(1), few))
        .withMessageContaining("no inverse")
        .withMessageContaining("damping")
        .withMessageContaining("transformer.blocks.0.attn.");
    assertThat(merge(new RegMean(1, Variant.PAPER, MergeTask.ANY, 1e-6, false), few)).isNotEmpty();
    assertThat(merge(paper(0.9), few)).isNotEmpty();
    SortedMap<String, HostTensor> nan =
        changed((name, i, j, value) -> name.endsWith("fc2") ? Double.NaN : value);
    assertThatExceptionOfType(StageFailure.class).isThrownBy(() -> merge(paper(1), nan));
  }

  @Test
  void aGramMatrixOfAnotherSizeIsRefused() {
    SortedMap<String, HostTensor> other = new TreeMap<>(GRAMS);
    other.put("transformer.blocks.1.mlp.l.fc1", HostTensor.ofDoubles(new double[4], 2, 2));
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> merge(paper(1), other))
        .withMessageContaining("transformer.blocks.1.mlp.l.fc1 is F64 [2, 2]");
  }

  @Test
  void dividingByTheNumberOfRowsTakesItOutOfTheWeights() throws Exception {
    SortedMap<String, HostTensor> counted = new TreeMap<>(changed((name, i, j, x) -> 5 * x));
    for (String name : GRAMS.keySet()) {
      boolean vision = name.matches(".*\\.v(\\..*)?");
      counted.put(name + ".rows", HostTensor.ofLongs(new long[] {vision ? 10 : 5}));
    }
    RegMean perRow = new RegMean(0.9, Variant.PAPER, MergeTask.ANY, 0, true);
    assertSame(
        merge(perRow, counted),
        merge(paper(0.9), changed((name, i, j, x) -> name.matches(".*\\.v(\\..*)?") ? x / 2 : x)));
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> merge(perRow, GRAMS))
        .withMessageContaining("there is no transformer.blocks.0.attn.v.proj.rows");
  }
}
