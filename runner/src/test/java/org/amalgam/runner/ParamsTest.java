package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parameter counts of the released code's own modules, asked of the command line. */
class ParamsTest {
  @TempDir Path directory = Path.of("");

  @ParameterizedTest
  @CsvSource({
    "modality-specific, vqa, 480, 215495865, 217",
    "custom-attention, vqa, 480, 149360313, 151",
    "custom-ffn, vqa, 480, 182411961, 184",
    "custom-layer-norm, vqa, 480, 116319417, 118",
    "custom-layer-norm-as-released, vqa, 480, 116319417, 118",
    "modality-agnostic, vqa, 480, 116276409, 118",
    "modality-specific, pretraining, 224, 235530430,",
    "modality-agnostic, pretraining, 224, 136310974,",
    "modality-specific, retrieval, 384, 210498817,",
    "modality-agnostic, retrieval, 384, 111279361,",
    "modality-specific, nlvr2, 384, 211686914,",
    "modality-agnostic, nlvr2, 384, 112467458,",
  })
  void theBaseSizeHasTheReleasedCounts(
      String architecture, String task, int pixels, long parameters, Integer table7) {
    Map<?, ?> json =
        json(
            "--size",
            "base",
            "--architecture",
            architecture,
            "--task",
            task,
            "--image-size",
            Integer.toString(pixels));

    assertThat(number(json, "parameters")).isEqualTo(parameters);
    assertThat(json.get("table7Millions") == null).isEqualTo(table7 == null);
    if (table7 != null) {
      assertThat(number(json, "table7Millions")).isEqualTo(table7.longValue());
      assertThat(number(json, "indexEntries")).isEqualTo(1_698_882);
      assertThat(Math.round((parameters + 1_698_882) / 1e6)).isEqualTo(table7.longValue());
    }
  }

  @ParameterizedTest
  @CsvSource({"modality-specific, 23737246", "modality-agnostic, 17511838"})
  void theTinySizeHasTheReleasedCounts(String architecture, long parameters) {
    Map<?, ?> json = json("--size", "tiny", "--architecture", architecture);

    assertThat(number(json, "parameters")).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource({"vqa", "pretraining", "retrieval", "nlvr2", "classification", "segmentation"})
  void thePartsSumToTheWhole(String task) {
    Map<?, ?> json = json("--task", task);

    long sum = 0;
    for (Object part : (List<?>) Objects.requireNonNull(json.get("parts"))) {
      sum += number((Map<?, ?>) part, "parameters");
    }
    assertThat(sum).isEqualTo(number(json, "parameters"));
  }

  @Test
  void anExpertLayerIsCountedWhereItBelongs() {
    Result result = execute("--task", "vqa");

    assertThat(result.out())
        .containsPattern("attention, language +60 +28,339,200\n")
        .containsPattern("FFN, cross-modal +8 +9,444,864\n")
        .containsPattern("patch embedding, .CLS. +3 +591,360\n")
        .containsPattern("VQA head +6 +5,993,529\n")
        .contains("Table 7 prints 217M", "1,698,882", "217,194,747, which rounds to 217M.");
  }

  @Test
  void anySizeCanBeAskedFor() {
    Result result =
        execute(
            "--width",
            "64",
            "--layers",
            "6",
            "--heads",
            "2",
            "--patch",
            "8",
            "--image-size",
            "32",
            "--text-length",
            "16",
            "--vocabulary",
            "200",
            "--task",
            "retrieval");

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("width 64, 6 layers").doesNotContain("Table 7");
  }

  @ParameterizedTest
  @CsvSource({
    "--size, small, base and tiny",
    "--architecture, mixed, custom-attention",
    "--task, captioning, retrieval",
    "--image-size, 225, a multiple of patch",
    "--image-size, 0, at least 1",
    "--width, 100, a multiple of heads",
  })
  void aMistakeIsOneMessageThatNamesWhatThereIs(String option, String value, String told) {
    Result result = execute(option, value);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains(told).doesNotContain("\tat ");
  }

  private Result execute(String... options) {
    String[] arguments = new String[options.length + 1];
    arguments[0] = "params";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return new Trial(directory).execute(arguments);
  }

  private Map<?, ?> json(String... options) {
    String[] more = java.util.Arrays.copyOf(options, options.length + 2);
    more[options.length] = "--output";
    more[options.length + 1] = "json";
    Result result = execute(more);
    assertThat(result.code()).as(result.err()).isZero();
    return (Map<?, ?>) CanonicalJson.parse(result.out());
  }

  private static long number(Map<?, ?> json, String key) {
    return ((Number) Objects.requireNonNull(json.get(key), key)).longValue();
  }
}
