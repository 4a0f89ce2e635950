package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.runner.Trial.Result;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlignCommandTest {
  private static final String MLP = "transformer.blocks.0.mlp.%s.%s";

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  /** Two hidden units whose places the language expert has exchanged. */
  @BeforeEach
  void newTrial() throws IOException {
    trial = new Trial(directory);
    SortedMap<String, HostTensor> specific = new TreeMap<>();
    specific.put(MLP.formatted("v", "fc1.weight"), matrix(1, 2, 3, -4));
    specific.put(MLP.formatted("v", "fc2.weight"), matrix(5, 6, 7, 8));
    specific.put(MLP.formatted("l", "fc1.weight"), matrix(3, -4, 1, 2));
    specific.put(MLP.formatted("l", "fc2.weight"), matrix(6, 5, 8, 7));
    Files.createDirectories(directory.resolve("specific"));
    SafetensorsWriter.write(directory.resolve("specific/model.safetensors"), specific, Map.of());
    Files.writeString(directory.resolve("specific/config.json"), "{\"width\": 2}");
  }

  private static HostTensor matrix(float... values) {
    return HostTensor.ofFloats(values, 2, 2);
  }

  @Test
  void aFolderBecomesAFolderWhoseExpertsAgree() throws IOException {
    Result result = trial.execute("align", "specific", "-o", "aligned");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .containsPattern("0 +l +hidden units +2 +2 +0\\.\\d+ +1.0000")
        .contains("no relative_position_bias_table tells how many heads there are");
    try (SafetensorsFile aligned =
        SafetensorsFile.open(directory.resolve("aligned/model.safetensors"))) {
      for (String tensor : List.of("fc1.weight", "fc2.weight")) {
        assertThat(aligned.floats(MLP.formatted("l", tensor)))
            .isEqualTo(aligned.floats(MLP.formatted("v", tensor)));
      }
    }
    assertThat(directory.resolve("aligned/config.json")).content().contains("width");
    Result json =
        trial.execute(
            "align", "aligned", "-o", "again.safetensors", "--reference=l", "--output=json");
    List<?> rows = (List<?>) ((Map<?, ?>) CanonicalJson.parse(json.out())).get("aligned");
    assertThat(Objects.requireNonNull(rows)).singleElement().satisfies(this::nothingMoved);
  }

  private void nothingMoved(Object row) {
    assertThat(((Map<?, ?>) row).get("moved")).isEqualTo(0L);
    assertThat(((Map<?, ?>) row).get("expert")).isEqualTo("v");
  }

  @Test
  void noSafetensorsAreWrittenUnderThePyTorchName() {
    for (String name : List.of("a.ckpt", "a.pt", "a.pth", "a.bin")) {
      Result result = trial.execute("align", "specific", "-o", name);
      assertThat(result.err()).contains("align writes safetensors", "amalgam convert OUT");
      assertThat(result.code()).isEqualTo(2);
      assertThat(directory.resolve(name)).doesNotExist();
    }
  }

  @Test
  void nothingIsReplacedUnasked() {
    assertThat(trial.execute("align", "specific", "-o", "a.safetensors").code()).isZero();
    Result again = trial.execute("align", "specific", "-o", "a.safetensors");
    assertThat(again.code()).isEqualTo(2);
    assertThat(again.err()).contains("a.safetensors exists; name another place or add --force");
    assertThat(trial.execute("align", "specific", "-o", "a.safetensors", "--force").code())
        .isZero();
    Result wrong = trial.execute("align", "specific", "-o", "b.safetensors", "--reference=vl");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("--reference must be v or l, is vl");
  }
}
