package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.runner.Trial.Result;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistanceCommandTest {
  private static final String WEIGHT = "transformer.blocks.%d.attn.%sproj.weight";

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  /** The vectors whose SSD is 0.625, in a model of one layer, and half of them in two models. */
  @BeforeEach
  void newTrial() throws IOException {
    trial = new Trial(directory);
    SortedMap<String, HostTensor> specific = new TreeMap<>();
    specific.put(WEIGHT.formatted(0, "v."), HostTensor.ofFloats(new float[] {1, -2, 3, .5f}, 2, 2));
    specific.put(
        WEIGHT.formatted(0, "l."), HostTensor.ofFloats(new float[] {1, 2, -1, -.5f}, 2, 2));
    specific.put("transformer.blocks.0.attn.v.q_bias", HostTensor.ofFloats(new float[] {0, 4}, 2));
    specific.put("transformer.blocks.0.attn.l.q_bias", HostTensor.ofFloats(new float[] {0, 4}, 2));
    Files.createDirectories(directory.resolve("specific"));
    save("specific/model.safetensors", specific);
    save("one.safetensors", agnostic(1, -2, 3, .5f));
    save("other.safetensors", agnostic(1, 2, -1, -.5f));
    SortedMap<String, HostTensor> larger = agnostic(1, 2, -1, -.5f);
    larger.putAll(
        new TreeMap<>(Map.of(WEIGHT.formatted(1, ""), HostTensor.ofFloats(new float[] {1}, 1, 1))));
    save("larger.safetensors", larger);
  }

  private static SortedMap<String, HostTensor> agnostic(float... values) {
    return new TreeMap<>(Map.of(WEIGHT.formatted(0, ""), HostTensor.ofFloats(values, 2, 2)));
  }

  private void save(String file, SortedMap<String, HostTensor> tensors) throws IOException {
    SafetensorsWriter.write(directory.resolve(file), tensors, Map.of());
  }

  @Test
  void expertsAreComparedOverAllAndByLayer() {
    Result result = trial.execute("distance", "specific", "--layers");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out().lines().toList())
        .hasSize(3)
        .anySatisfy(line -> assertThat(line).matches("v-l +all +4 +5.7446 .* 0.6250 .* 50.0 %"))
        .anySatisfy(line -> assertThat(line).matches("v-l +0 +4 +5.7446 .*"));
  }

  @Test
  void biasesCountOnlyWhereTheyAreAskedFor() {
    Result result =
        trial.execute("distance", "specific", "--weights=all", "--share=0", "--output=json");
    Map<?, ?> json = (Map<?, ?>) CanonicalJson.parse(result.out());
    assertThat(json.get("weights")).isEqualTo("all");
    // Of the two places of the bias one is zero in both and is left out: 1 - (1.5 + 1) / 5.
    assertThat(json.get("v-l"))
        .isEqualTo(
            Map.of(
                "l2",
                Math.sqrt(33),
                "cosine",
                1 - (-6.25 + 16) / Math.sqrt((14.25 + 16) * (6.25 + 16)),
                "ssd",
                0.5,
                "tssd",
                0.5,
                "elements",
                6L,
                "kept",
                5L));
  }

  @Test
  void twoModelsAreComparedTensorByTensor() {
    Result result = trial.execute("distance", "one.safetensors", "other.safetensors");
    assertThat(result.code()).isZero();
    assertThat(result.out()).containsPattern("shared +all +4 +5.7446 .* 0.6250");
    Result same = trial.execute("distance", "specific", "specific/model.safetensors");
    assertThat(same.out()).containsPattern("(?m)^l +all +4 +0.0000 +0.0000 +0.0000 +0.0000");
  }

  @Test
  void whatCannotBeComparedIsToldInOneLine() {
    Result larger = trial.execute("distance", "one.safetensors", "larger.safetensors");
    assertThat(larger.code()).isEqualTo(4);
    assertThat(larger.err().lines())
        .singleElement()
        .asString()
        .contains("one.safetensors: has no " + WEIGHT.formatted(1, ""), "larger.safetensors has");
    Result alone = trial.execute("distance", "one.safetensors");
    assertThat(alone.code()).isEqualTo(4);
    assertThat(alone.err()).contains("no tensor belongs to one modality");
    Result wrong = trial.execute("distance", "specific", "--share", "1.5");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("--share must be in [0, 1], is 1.5");
    assertThat(trial.execute("distance", "specific", "--weights", "some").err())
        .contains("--weights must be matrices or all, is some");
  }
}
