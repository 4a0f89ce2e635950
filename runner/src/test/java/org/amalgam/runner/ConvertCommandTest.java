package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.runner.Trial.Result;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Initialization;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.amalgam.stages.tensor.TensorSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
  private static final List<String> SIZES =
      List.of(
          "--width=8",
          "--layers=2",
          "--cross-layers=1",
          "--heads=2",
          "--patch=4",
          "--image-size=8",
          "--text-length=6",
          "--vocabulary=20",
          "--task=pretraining");

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  @BeforeEach
  void writeModel() throws IOException {
    trial = new Trial(directory);
    ModelConfig config =
        new ModelConfig(
            Architecture.MODALITY_SPECIFIC,
            8,
            2,
            1,
            2,
            4,
            8,
            6,
            20,
            0,
            Initialization.PAPER,
            java.util.Set.of());
    Checkpoint.fresh(config, 3).write(directory.resolve("model"));
  }

  private Result convert(String... options) {
    List<String> line = new ArrayList<>(List.of("convert"));
    line.addAll(SIZES);
    line.addAll(List.of(options));
    return trial.execute(line.toArray(String[]::new));
  }

  private void assertSame(String one, String other) throws IOException {
    try (TensorSource a = TensorSources.open(directory.resolve(one));
        TensorSource b = TensorSources.open(directory.resolve(other))) {
      assertThat(a.names()).isEqualTo(b.names()).isNotEmpty();
      for (String name : a.names()) {
        assertThat(a.tensor(name)).as(name).isEqualTo(b.tensor(name));
      }
    }
  }

  @Test
  void aModelGoesToPyTorchAndBackAndIsMergedFromThere() throws Exception {
    Result out = convert("model", "--from=vl-merging", "-o", "specific.ckpt");
    assertThat(out.err()).isEmpty();
    assertThat(out.code()).isZero();
    assertThat(out.out()).contains("not in the file, left to be drawn: mlm_score.bias");
    assertSame("model", "specific.ckpt");
    assertThat(
            convert("specific.ckpt", "--from=vl-merging", "-o", "back", "--shard-size=4000").code())
        .isZero();
    assertThat(directory.resolve("back/model.safetensors.index.json")).exists();
    assertSame("model", "back");

    for (String model : new String[] {"model", "specific.ckpt", "back"}) {
      Result merged =
          trial.execute(
              "merge", model, "-o", "merged-" + model, "--method=slerp", "--shard-size=3000");
      assertThat(merged.err()).as(model).contains(model.endsWith("ckpt") ? "one file" : "");
      if (model.endsWith("ckpt")) {
        merged = trial.execute("merge", model, "-o", "merged", "--method=slerp");
      }
      assertThat(merged.code()).as(model + merged.err()).isZero();
    }
    assertSame("merged", "merged-model");
    assertSame("merged", "merged-back");
    try (TensorSource merged = TensorSources.open(directory.resolve("merged-model"))) {
      assertThat(merged.metadata().get("parents"))
          .contains(Digest.ofFile(directory.resolve("model/model.safetensors")).hex());
      assertThat(merged.metadata().get("config")).contains("modality-agnostic");
    }
  }

  @Test
  void thePlanWritesNothingAndTellsWhatIsLeftOver() throws Exception {
    SortedMap<String, HostTensor> tensors =
        new TreeMap<>(
            Map.of(
                "blocks.0.norm1.weight", HostTensor.ofFloats(new float[8], 8),
                "head.bias", HostTensor.ofFloats(new float[3], 3),
                "strange", HostTensor.ofFloats(new float[3], 3)));
    SafetensorsWriter.write(directory.resolve("beit.safetensors"), tensors, Map.of());
    Result text = convert("beit.safetensors", "--from=beit", "--plan");
    assertThat(text.code()).isZero();
    assertThat(text.out())
        .contains(
            "transformer.blocks.0.norm1.v.weight  copied     F32 [8] from blocks.0.norm1.weight")
        .contains("dropped: head.bias, the head is not part of the encoder")
        .contains("no rule takes: strange")
        .contains("not in the file, left to be drawn: transformer.blocks.{i}.gamma_1 (2)")
        .contains("2 tensors made; of the file 1 dropped, 1 without a rule, 0 not in this model");
    Map<?, ?> json =
        (Map<?, ?>)
            CanonicalJson.parse(
                convert("beit.safetensors", "--from=beit", "--plan", "--output=json").out());
    assertThat(json.get("unmatched")).isEqualTo(List.of("strange"));
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void wrongLinesRulesAndFilesAreToldWithTheirCodes() throws Exception {
    assertRefused(2, "name rules: --from beit|timm-vit|vlmo|vl-merging or --rules YAML", "model");
    assertRefused(2, "--from must be one of beit, ", "model", "--from=bait");
    assertRefused(2, "-o OUT is missing", "model", "--from=vl-merging");
    assertRefused(2, "--to must be vl-merging", "model", "--from=beit", "--to=timm");
    assertRefused(
        2, "exists; name another place or add --force", "model", "--from=vl-merging", "-o=model");
    assertRefused(4, "the rules make nothing of it", "model", "--from=timm-vit", "-o", "x");
    assertRefused(4, "there is no such file", "none.pt", "--from=beit", "-o", "x");
    Result base = trial.execute("convert", "model", "--from=vl-merging", "-o", "x");
    assertThat(base.err()).contains("set width, layers, heads and patch as in that model");
    assertThat(base.code()).isEqualTo(4);
    Files.writeString(directory.resolve("r.yaml"), "rules: [{from: a, action: drpo}]");
    assertRefused(3, "r.yaml:1:27: unknown action drpo", "model", "--rules=r.yaml", "-o", "x");
    Files.write(
        directory.resolve("hostile.pt"),
        new byte[] {(byte) 0x80, 2, 'c', 'o', 's', '\n', 's', 'y', 's', 't', 'e', 'm', '\n', '.'});
    assertRefused(4, "it names os.system", "hostile.pt", "--from=beit", "-o", "x");
  }

  private void assertRefused(int code, String message, String... options) {
    Result result = convert(options);
    assertThat(result.err()).contains(message).doesNotContain("\tat ");
    assertThat(result.code()).as(result.err()).isEqualTo(code);
    assertThat(directory.resolve("x")).doesNotExist();
  }
}
