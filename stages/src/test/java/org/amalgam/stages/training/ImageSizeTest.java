package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Manifest;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.TrialContext;
import org.amalgam.stages.data.CorpusSettings;
import org.amalgam.stages.data.CorpusStage;
import org.amalgam.stages.data.SpriteWorld;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.data.world.Questions;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Initialization;
import org.amalgam.stages.tensor.HostTensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of 32 pixels a side that go on at 48. */
class ImageSizeTest {
  @TempDir static Path shared = Path.of("");
  @TempDir Path directory = Path.of("");

  @BeforeAll
  static void twoCorporaAndAModelForTheSmallerOne() throws Exception {
    for (int pixels : new int[] {32, 48}) {
      Path corpus = Files.createDirectory(shared.resolve("corpus" + pixels));
      SpriteWorld world =
          new SpriteWorld(
              1, 12, 60, 3, 20, 3, 20, 20, 8, 8, 40, 8, 8, 24, 24, List.of(Questions.Type.FITS));
      new CorpusStage()
          .run(
              new CorpusSettings("sprite-world", world, pixels, "corpus"),
              new TrialContext(corpus));
    }
    Path weights = Files.createDirectory(shared.resolve("init"));
    new InitStage().run(init(32, new InitSettings.Random()), new TrialContext(weights));
  }

  private static InitSettings init(int pixels, InitSettings.Source source) {
    return new InitSettings(
        input("corpus" + pixels), 32, 3, 1, 2, 8, 16, Initialization.FAN_IN, 0, "", source);
  }

  @Test
  void aModelIsTunedAtTheSizeOfTheTasksImages() throws Exception {
    new FineTuneStage().run(tuning("corpus48"), new TrialContext(directory));

    Checkpoint tuned = Checkpoint.read(directory);
    assertThat(tuned.config().imageSize()).isEqualTo(48);
    HostTensor table = Objects.requireNonNull(tuned.weights().get("relative_position_bias_table"));
    assertThat(table.info().shape()).containsExactly(11 * 11 + 397, 6);
    List<String> curve = Files.readAllLines(directory.resolve("curve.csv"));
    assertThat(Double.parseDouble(curve.get(2).split(",", -1)[2])).isFinite();
  }

  @Test
  void tuningThatDropsBranchesIsTheSameToTheBitWhateverTheCollectorDoes() throws Exception {
    Path first = Files.createDirectory(directory.resolve("first"));
    Path second = Files.createDirectory(directory.resolve("second"));
    new FineTuneStage().run(tuning("corpus32"), new TrialContext(first));
    Progress collecting = (done, total, unit, shown) -> System.gc();
    new FineTuneStage().run(tuning("corpus32"), new TrialContext(second, collecting));

    assertThat(Manifest.of(second)).isEqualTo(Manifest.of(first));
  }

  private static FineTuneSettings tuning(String corpus) {
    return new FineTuneSettings(
        input("init"),
        input(corpus),
        FineTuneSettings.Task.RETRIEVAL,
        "",
        2,
        8,
        1e-3,
        1,
        0,
        0,
        0,
        0.1,
        0.1,
        Augmentation.NONE,
        1e-8,
        DecayGroups.PAPER,
        1,
        RateDecay.LINEAR,
        0,
        1,
        "auto");
  }

  @Test
  void aFileOfAnotherImageSizeIsImportedAndTheResizingIsTold() throws Exception {
    List<String> log = new ArrayList<>();
    String file = shared.resolve("init/model.safetensors").toString();

    new InitStage()
        .run(
            init(48, new InitSettings.Imported(file, "vl-merging")),
            new TrialContext(directory, log::add));

    assertThat(Checkpoint.read(directory).config().imageSize()).isEqualTo(48);
    assertThat(String.join("\n", log))
        .contains("relative_position_bias_table resized from 446 rows to 518");
  }

  @Test
  void aFileOfAnotherWidthIsStillRefused() {
    String file = shared.resolve("init/model.safetensors").toString();
    InitSettings wide =
        new InitSettings(
            input("corpus48"),
            64,
            3,
            1,
            2,
            8,
            16,
            Initialization.FAN_IN,
            0,
            "file",
            new InitSettings.Imported(file, "vl-merging"));

    assertThatThrownBy(() -> new InitStage().run(wide, new TrialContext(directory)))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("set width, layers, heads");
  }

  private static Input input(String name) {
    String kind = name.startsWith("corpus") ? "corpus" : "weights";
    return new Input(kind, Digest.of(name), shared.resolve(name));
  }
}
