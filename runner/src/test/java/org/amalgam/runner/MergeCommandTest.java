package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.runner.Trial.Result;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergeCommandTest {
  private static final String WEIGHT = "transformer.blocks.%d.attn.%sproj.weight";

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  /** Two layers, the upper one cross-modal; every weight is a 2 x 2 matrix of one number. */
  @BeforeEach
  void newTrial() throws IOException {
    trial = new Trial(directory);
    SortedMap<String, HostTensor> specific = new TreeMap<>();
    SortedMap<String, HostTensor> origin = new TreeMap<>();
    for (int layer = 0; layer < 2; layer++) {
      specific.put(WEIGHT.formatted(layer, "v."), filled(6));
      specific.put(WEIGHT.formatted(layer, "l."), filled(2));
      origin.put(WEIGHT.formatted(layer, ""), filled(1));
    }
    specific.put(WEIGHT.formatted(1, "vl."), filled(9));
    specific.put("pooler.dense.bias", HostTensor.ofFloats(new float[] {5, 6}, 2));
    Files.createDirectories(directory.resolve("specific"));
    save("specific/model.safetensors", specific);
    Files.writeString(
        directory.resolve("specific/config.json"), "{\"architecture\": \"modality-specific\"}");
    save("origin.safetensors", origin);
  }

  private static HostTensor filled(float value) {
    return HostTensor.ofFloats(new float[] {value, value, value, value}, 2, 2);
  }

  private void save(String file, SortedMap<String, HostTensor> tensors) throws IOException {
    SafetensorsWriter.write(directory.resolve(file), tensors, Map.of());
  }

  private float first(String file, String tensor) throws IOException {
    try (SafetensorsFile merged = SafetensorsFile.open(directory.resolve(file))) {
      return merged.floats(tensor)[0];
    }
  }

  @Test
  void aFolderBecomesAFolderAndAFileAFile() throws IOException {
    Result result =
        trial.execute(
            "merge", "specific", "-o", "merged", "--method", "interpolation", "--alpha", "0.75");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("2 tensors merged, 1 copied in ");
    assertThat(first("merged/model.safetensors", WEIGHT.formatted(0, ""))).isEqualTo(5);
    assertThat(first("merged/model.safetensors", WEIGHT.formatted(1, "")))
        .isCloseTo(19 / 3f, within(1e-6f));
    assertThat(first("merged/model.safetensors", "pooler.dense.bias")).isEqualTo(5);
    assertThat(directory.resolve("merged/config.json")).content().contains("modality-agnostic");

    Result file =
        trial.execute(
            "merge",
            "specific/model.safetensors",
            "--out=one.safetensors",
            "--method=modality-arithmetic",
            "--lambda=0.5",
            "--origin=origin.safetensors",
            "--threads=2",
            "--memory=64",
            "--output=json");
    assertThat(file.code()).isZero();
    Map<?, ?> json = (Map<?, ?>) CanonicalJson.parse(file.out());
    assertThat(json.get("merged")).isEqualTo(2L);
    assertThat(json.get("bytes_written")).isEqualTo(40L);
    assertThat(first("one.safetensors", WEIGHT.formatted(0, ""))).isEqualTo(4);
    assertThat(directory.resolve("one.safetensors.part")).doesNotExist();
  }

  @Test
  void theHeaderNamesWhatTheBytesWereMadeFrom() throws IOException {
    String command =
        "merge specific -o one --method=modality-arithmetic --origin=origin.safetensors --lambda=1";
    assertThat(trial.execute(command.split(" ")).code()).isZero();
    assertThat(trial.execute((command + " --force --shard-size=24").split(" ")).code()).isZero();
    assertThat(trial.execute((command.replace("-o one", "-o two")).split(" ")).code()).isZero();
    String parents =
        CanonicalJson.write(
            new TreeMap<>(
                Map.of(
                    "model", Digest.ofFile(directory.resolve("specific/model.safetensors")).hex(),
                    "origin", Digest.ofFile(directory.resolve("origin.safetensors")).hex())));
    List<Path> written = new ArrayList<>();
    for (String folder : List.of("one", "two")) {
      try (Stream<Path> files = Files.list(directory.resolve(folder))) {
        files.filter(file -> file.toString().endsWith(".safetensors")).forEach(written::add);
      }
    }
    assertThat(written).hasSizeGreaterThan(2);
    for (Path part : written) {
      try (SafetensorsFile tensors = SafetensorsFile.open(part)) {
        assertThat(tensors.metadata()).containsEntry("parents", parents);
      }
    }
  }

  @Test
  void theHelpTellsWhatMethodsNeedAndWhatTheyTakeByThemselves() {
    String help = trial.execute("merge", "--help").out().replaceAll("\\s+", " ");
    assertThat(help)
        .contains("language expert (interpolation, slerp [0.5])")
        .contains("--no-normalise do not have that each expert's F is divided")
        .contains("the task, where used-experts is true (interpolation [any], modality-arith")
        .contains("the task, where the variant is as-released (regmean [any])");
  }

  @Test
  void anotherProgramsConfigIsToldInOneLine() throws IOException {
    Path config = directory.resolve("specific/config.json");
    for (String text : List.of("{\"hidden_size\": 768}", "{", "", "[1]", "\"bert\"")) {
      Files.writeString(config, text);
      assertRefused(4, "specific/config.json: is not ", "--method=slerp");
    }
    Files.write(config, new byte[] {'{', (byte) 0xff});
    assertRefused(4, "specific/config.json: is not UTF-8", "--method=slerp");
  }

  @Test
  void everyMethodThatNeedsNoFurtherFileRuns() throws IOException {
    List<List<String>> methods =
        List.of(
            List.of("slerp", "--alpha", "0.5"),
            List.of("ties", "--density", "1", "--origin", "origin.safetensors"),
            List.of("dare", "--drop", "0", "--elect", "--origin", "origin.safetensors"),
            List.of("model-stock", "--origin", "origin.safetensors"),
            List.of("interpolation", "--alpha", "0.5", "--used-experts", "--task", "vqa"),
            List.of(
                "layer-wise",
                "--vision=0.5,0.25",
                "--language=0.5",
                "--cross=0.1",
                "--origin",
                "origin.safetensors"));
    for (List<String> method : methods) {
      java.util.ArrayList<String> line =
          new java.util.ArrayList<>(
              List.of("merge", "specific", "-o", "out.safetensors", "--force", "--method"));
      line.addAll(method);
      Result result = trial.execute(line.toArray(String[]::new));
      assertThat(result.err()).as(method.toString()).isEmpty();
      assertThat(result.code()).isZero();
      assertThat(first("out.safetensors", WEIGHT.formatted(0, ""))).isBetween(3.9f, 6.1f);
    }
  }

  @Test
  void thePlanTellsEveryTensorAndWhatIsMissingAndWritesNothing() throws IOException {
    Result plan =
        trial.execute("merge", "specific", "--method", "interpolation", "--alpha", "0", "--plan");
    assertThat(plan.code()).isZero();
    assertThat(plan.out())
        .contains("transformer.blocks.1.attn.proj.weight  merged  layer 1   F32 [2, 2] from 3")
        .contains("pooler.dense.bias                      copied")
        .contains("2 merged, 1 copied, 0 missing; reads ");

    SortedMap<String, HostTensor> lacking = new TreeMap<>();
    lacking.put(WEIGHT.formatted(0, ""), filled(1));
    save("lacking.safetensors", lacking);
    Result missing =
        trial.execute(
            "merge",
            "specific",
            "--method",
            "model-stock",
            "--origin",
            "lacking.safetensors",
            "--plan",
            "--output",
            "json");
    assertThat(missing.code()).isEqualTo(4);
    Map<?, ?> json = (Map<?, ?>) CanonicalJson.parse(missing.out());
    assertThat((List<?>) json.get("tensors")).hasSize(2);
    assertThat(String.valueOf(json.get("missing")))
        .contains("the origin has no transformer.blocks.1.attn.proj.weight");
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void aWrongCommandLineIsOneLineAndTwo() throws IOException {
    assertRefused(2, "--method is missing");
    assertRefused(2, "no merge method is named mean; there are interpolation,", "--method", "mean");
    assertRefused(2, "method interpolation needs --alpha: ", "--method", "interpolation");
    assertRefused(
        2, "--alpha must be in [0.0, 1.0], is 2", "--method", "interpolation", "--alpha", "2");
    assertRefused(
        2, "method slerp has no --lambda; it has --alpha", "--method", "slerp", "--lambda", "1");
    assertRefused(2, "method regmean needs --grams FILE", "--method", "regmean");
    assertRefused(
        2, "method slerp does not use --origin", "--method", "slerp", "--origin", "origin");
    assertRefused(
        2,
        "--task must be one of any, retrieval, vqa, nlvr2, is vqv",
        "--method=interpolation",
        "--alpha=0",
        "--task=vqv");
    assertRefused(2, "needs a task", "--method=interpolation", "--alpha=0", "--used-experts");
    Files.writeString(directory.resolve("there.safetensors"), "");
    assertThat(
            trial.execute("merge", "specific", "-o", "there.safetensors", "--method=slerp").err())
        .contains("there.safetensors exists; name another place or add --force");
  }

  @Test
  void filesThatAreMissingOrUnsoundAreOneLineAndFour() throws IOException {
    assertRefused(
        4,
        "none.safetensors: there is no such file",
        "--method=model-stock",
        "--origin=none.safetensors");
    Files.writeString(directory.resolve("text.safetensors"), "no tensors, but some text");
    assertRefused(
        4,
        "text.safetensors: tells of a header",
        "--method=model-stock",
        "--origin=text.safetensors");
    Result agnostic = trial.execute("merge", "origin.safetensors", "-o", "out", "--method=slerp");
    assertThat(agnostic.code()).isEqualTo(4);
    assertThat(agnostic.err()).contains("no tensor belongs to one modality");
  }

  @Test
  void aMergekitFileIsMergedOrItsMistakesShown() throws IOException {
    Files.createDirectories(directory.resolve("a"));
    SortedMap<String, HostTensor> weights = new TreeMap<>(Map.of("w", filled(3)));
    save("a/model.safetensors", weights);
    Files.writeString(directory.resolve("a/tokenizer.json"), "{}");
    Files.createDirectories(directory.resolve("b"));
    weights.put("w", filled(5));
    save("b/model.safetensors", weights);
    String yaml = "merge_method: linear\nmodels: [{model: a}, {model: b}]\n";
    Files.writeString(directory.resolve("merge.yml"), yaml + "parameters: {weight: 1}\n");
    Result result = trial.execute("merge", "--mergekit", "merge.yml", "-o", "merged");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(first("merged/model.safetensors", "w")).isEqualTo(4);
    assertThat(directory.resolve("merged/tokenizer.json")).exists();
    assertThat(trial.execute("merge", "--mergekit", "merge.yml", "--plan").out())
        .contains("1 merged, 0 copied, 0 missing");

    Files.writeString(directory.resolve("merge.yml"), yaml + "slices: []\n");
    Result wrong = trial.execute("merge", "--mergekit", "merge.yml", "-o", "other");
    assertThat(wrong.code()).isEqualTo(3);
    assertThat(wrong.err()).contains("merge.yml:3:1: slices is not supported", "^");
    assertThat(trial.execute("merge", "a", "--mergekit", "merge.yml").code()).isEqualTo(2);
  }

  private void assertRefused(int code, String message, String... options) {
    String[] line = new String[options.length + 4];
    System.arraycopy(new String[] {"merge", "specific", "-o", "out"}, 0, line, 0, 4);
    System.arraycopy(options, 0, line, 4, options.length);
    Result result = trial.execute(line);
    assertThat(result.err()).contains(message).doesNotContain("\tat ");
    assertThat(result.code()).isEqualTo(code);
    assertThat(directory.resolve("out")).doesNotExist();
  }
}
