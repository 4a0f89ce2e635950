package org.amalgam.stages.merging.mergekit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.merging.streaming.StreamingMerge;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.amalgam.stages.tensor.TensorFileException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergekitTest {
  private static final String ATTENTION = "model.layers.0.self_attn.q_proj.weight";
  private static final String NORM = "model.norm.weight";

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  /** Each model's values: attention first. */
  private final SortedMap<String, float[]> attention = new TreeMap<>();

  private final SortedMap<String, float[]> norms = new TreeMap<>();

  @BeforeEach
  void models() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    for (String model : List.of("base", "a", "b")) {
      float[] one = new float[40];
      float[] two = new float[8];
      for (int i = 0; i < one.length; i++) {
        one[i] = (float) (random.nextDouble() - 0.5);
        two[i / 5] = (float) random.nextDouble();
      }
      attention.put(model, one);
      norms.put(model, two);
      SortedMap<String, HostTensor> weights = new TreeMap<>();
      weights.put(ATTENTION, HostTensor.ofFloats(one, 8, 5));
      weights.put(NORM, HostTensor.ofFloats(two, 8));
      weights.put("ids", HostTensor.ofLongs(new long[] {model.length()}, 1));
      Path folder = Files.createDirectories(directory.resolve(model));
      SafetensorsWriter.write(folder.resolve("model.safetensors"), weights, Map.of());
    }
  }

  private SafetensorsFile merge(String yaml) throws Exception {
    Path file = directory.resolve("merged");
    MergekitConfig config = MergekitConfig.read("merge.yml", yaml);
    try (MergekitMerge merge = MergekitMerge.open(config, directory::resolve, 0)) {
      StreamingMerge.write(
          file, merge.tensors(), Map.of(), new Workers(2, 1 << 24), Progress.SILENT);
    }
    return SafetensorsFile.open(file);
  }

  /** What an element should be, from the base's, a's and b's. */
  private interface Formula {
    double at(double base, double a, double b);
  }

  private static void assertIs(
      SafetensorsFile merged, String tensor, SortedMap<String, float[]> models, Formula formula)
      throws IOException {
    float[] base = Objects.requireNonNull(models.get("base"));
    float[] a = Objects.requireNonNull(models.get("a"));
    float[] b = Objects.requireNonNull(models.get("b"));
    float[] actual = merged.floats(tensor);
    for (int i = 0; i < actual.length; i++) {
      assertThat((double) actual[i])
          .as("%s[%d]", tensor, i)
          .isCloseTo(formula.at(base[i], a[i], b[i]), within(1e-6));
    }
  }

  @Test
  void linearIsAWeightedMeanWithWeightsByPartsOfNames() throws Exception {
    try (SafetensorsFile merged =
        merge(
            """
            merge_method: linear
            models:
              - model: a
                parameters: {weight: [{filter: self_attn, value: 3}, {value: 1}]}
              - model: b
                parameters: {weight: 1.0}
            """)) {
      assertIs(merged, ATTENTION, attention, (o, a, b) -> (3 * a + b) / 4);
      assertIs(merged, NORM, norms, (o, a, b) -> (a + b) / 2);
      assertThat(merged.bytes("ids").getLong()).isEqualTo(1);
    }
  }

  @Test
  void taskArithmeticAddsWeightedVectorsInTheChosenType() throws Exception {
    String yaml =
        """
        merge_method: task_arithmetic
        base_model: base
        models:
          - model: base
          - {model: a, parameters: {weight: 0.5}}
          - {model: b, parameters: {weight: -0.25}}
        parameters: {lambda: 2, int8_mask: true}
        """;
    try (SafetensorsFile merged = merge(yaml)) {
      assertIs(merged, NORM, norms, (o, a, b) -> o + 2 * (0.5 * (a - o) - 0.25 * (b - o)));
    }
    try (SafetensorsFile merged = merge(yaml + "dtype: bfloat16\n")) {
      assertThat(merged.info(NORM).dtype()).isEqualTo(DType.BF16);
      assertThat(merged.info("ids").dtype()).isEqualTo(DType.I64);
    }
  }

  private double cut(String model, double density) {
    float[] base = Objects.requireNonNull(attention.get("base"));
    float[] values = Objects.requireNonNull(attention.get(model));
    double[] magnitudes = new double[40];
    for (int i = 0; i < magnitudes.length; i++) {
      magnitudes[i] = Math.abs(values[i] - base[i]);
    }
    java.util.Arrays.sort(magnitudes);
    return magnitudes[40 - (int) (density * 40)];
  }

  @Test
  void tiesTrimsEachTensorByItself() throws Exception {
    try (SafetensorsFile merged =
        merge(
            """
            merge_method: ties
            base_model: base
            models:
              - {model: a, parameters: {weight: 1, density: 0.5}}
              - {model: b, parameters: {weight: 0.5, density: 0.3}}
            """)) {
      double cutA = cut("a", 0.5);
      double cutB = cut("b", 0.3);
      assertIs(
          merged,
          ATTENTION,
          attention,
          (o, a, b) -> {
            double x = Math.abs((float) (a - o)) >= cutA ? a - o : 0;
            double y = Math.abs((float) (b - o)) >= cutB ? 0.5 * (b - o) : 0;
            double sign = x + y >= 0 ? 1 : -1;
            double divisor = (x * sign > 0 ? 1 : 0) + (y * sign > 0 ? 0.5 : 0);
            double sum = (x * sign > 0 ? x : 0) + (y * sign > 0 ? y : 0);
            return divisor == 0 ? o : o + sum / divisor;
          });
    }
  }

  @Test
  void dareTiesWithoutDroppingAddsThoseThatAgree() throws Exception {
    try (SafetensorsFile merged =
        merge(
            """
            merge_method: dare_ties
            base_model: base
            models:
              - {model: a, parameters: {weight: 0.5, density: 1}}
              - {model: b, parameters: {weight: 0.5, density: 1}}
            """)) {
      assertIs(
          merged,
          ATTENTION,
          attention,
          (o, a, b) -> {
            double sign = a - o + b - o >= 0 ? 1 : -1;
            double x = (a - o) * sign > 0 ? a - o : 0;
            double y = (b - o) * sign > 0 ? b - o : 0;
            return o + 0.5 * (x + y);
          });
    }
  }

  @Test
  void slerpGoesFromTheBaseToTheOther() throws Exception {
    try (SafetensorsFile merged =
        merge(
            """
            merge_method: slerp
            base_model: base
            models: [{model: base}, {model: a}]
            parameters: {t: [{filter: norm, value: 1.0}, {value: 0.0}]}
            """)) {
      assertIs(merged, ATTENTION, attention, (o, a, b) -> o);
      assertIs(merged, NORM, norms, (o, a, b) -> a);
    }
  }

  @Test
  void aModelMayBeInPartsWithAnIndex() throws Exception {
    Path folder = directory.resolve("b");
    Files.move(folder.resolve("model.safetensors"), folder.resolve("part-1.safetensors"));
    String index = "{\"weight_map\": {\"%s\": \"%s\", \"%s\": \"%2$s\", \"ids\": \"%2$s\"}}";
    Path file = folder.resolve("model.safetensors.index.json");
    Files.writeString(file, index.formatted(ATTENTION, "part-1.safetensors", NORM));
    String yaml =
        "merge_method: linear\nmodels: [{model: a}, {model: b}]\nparameters: {weight: 0.5}\n";
    try (SafetensorsFile merged = merge(yaml)) {
      assertIs(merged, NORM, norms, (o, a, b) -> (a + b) / 2);
    }
    Files.writeString(file, index.formatted(ATTENTION, "../a/model.safetensors", NORM));
    assertThatExceptionOfType(TensorFileException.class)
        .isThrownBy(() -> merge(yaml))
        .withMessageContaining("no plain .safetensors name");
  }

  @Test
  void whatIsNotSupportedIsNamedByItsPlaceAllAtOnce() {
    assertProblems(
        """
        merge_method: ties
        base_model: base
        slices: []
        tokenizer_source: union
        models:
          - {model: a, parameters: {weight: [0, 1], densty: 0.5}}
          - {model: b+adapter, parameters: {weight: 1, density: 2}}
        dtype: int8
        """,
        "merge.yml:3:1: slices is not supported",
        "merge.yml:4:1: tokenizer_source is not supported",
        "merge.yml:6:38: values that change from layer to layer are not supported",
        "merge.yml:6:45: ties has no parameter densty",
        "merge.yml:7:13: adapters (b+adapter) are not supported",
        "merge.yml:7:57: density must be in [0, 1], is 2.0",
        "merge.yml:8:8: the type int8 is not supported");
    assertProblems("merge_method: della\nmodels: [{model: a}]\n", "1:15: the merge method della");
    assertProblems(
        "merge_method: slerp\nbase_model: base\nmodels: [{model: a}, {model: b}]\n",
        "1:1: slerp goes from the base model to one other, not 2",
        "1:1: slerp needs t");
    assertProblems("merge_method: ties\nmodels: [{model: a}]\n", "1:1: ties needs a base model");
    assertProblems(
        "merge_method: linear\nmodels: [{model: a}, {model: b}]\n",
        "2:18: the model has no weight",
        "2:30: the model has no weight");
    assertProblems("merge_method: [", "merge.yml:1:");
    assertProblems(
        "merge_method: linear\n"
            + "models: [{model: a}, {model: org/nowhere}]\n"
            + "parameters: {weight: 1}\n",
        "2:30: there is no folder ");
  }

  private void assertProblems(String yaml, String... problems) {
    assertThatExceptionOfType(RecipeException.class)
        .isThrownBy(() -> merge(yaml))
        .satisfies(e -> assertThat(e.getMessage()).contains(problems));
  }

  @Test
  void modelsThatAreNotAlikeAreRefused() throws Exception {
    SortedMap<String, HostTensor> other = new TreeMap<>();
    other.put(ATTENTION, HostTensor.ofFloats(new float[40], 5, 8));
    other.put("ids", HostTensor.ofLongs(new long[] {1}, 1));
    Path file = directory.resolve("b/model.safetensors");
    SafetensorsWriter.write(file, other, Map.of());
    String yaml =
        "merge_method: linear\nmodels: [{model: a}, {model: b}]\nparameters: {weight: 0.5}\n";
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> merge(yaml))
        .withMessageContaining("q_proj.weight is F32 [5, 8], but F32 [8, 5] in ");
    other.put(ATTENTION, HostTensor.ofFloats(new float[40], 8, 5));
    SafetensorsWriter.write(file, other, Map.of());
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> merge(yaml))
        .withMessageContaining("has no tensor model.norm.weight");
  }
}
