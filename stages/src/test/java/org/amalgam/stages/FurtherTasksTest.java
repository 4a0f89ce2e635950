package org.amalgam.stages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.CorpusSettings;
import org.amalgam.stages.data.CorpusStage;
import org.amalgam.stages.data.SpriteWorld;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.data.world.Questions;
import org.amalgam.stages.data.world.Statements;
import org.amalgam.stages.evaluation.EvaluateSettings;
import org.amalgam.stages.evaluation.EvaluateStage;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Initialization;
import org.amalgam.stages.training.DecayGroups;
import org.amalgam.stages.training.FineTuneSettings;
import org.amalgam.stages.training.FineTuneStage;
import org.amalgam.stages.training.InitSettings;
import org.amalgam.stages.training.InitStage;
import org.amalgam.stages.training.MaskedWords;
import org.amalgam.stages.training.Negatives;
import org.amalgam.stages.training.PretrainSettings;
import org.amalgam.stages.training.PretrainStage;
import org.amalgam.stages.training.RateDecay;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** NLVR2, shifted retrieval, classification and segmentation from a corpus to metrics. */
class FurtherTasksTest {
  @TempDir static Path shared = Path.of("");
  @TempDir Path directory = Path.of("");

  @BeforeAll
  static void pretrain() throws Exception {
    SpriteWorld world =
        new SpriteWorld(
            1,
            12,
            60,
            3,
            20,
            3,
            20,
            20,
            8,
            8,
            0,
            0,
            0,
            240,
            120,
            List.of(Questions.Type.FITS),
            600,
            600,
            List.of(Statements.Template.values()),
            60,
            20,
            200,
            40);
    new CorpusStage().run(new CorpusSettings("sprite-world", world, 32, "corpus"), made("corpus"));
    InitSettings init =
        new InitSettings(
            input("corpus"),
            32,
            3,
            1,
            2,
            8,
            16,
            Initialization.FAN_IN,
            0,
            "random",
            new InitSettings.Random());
    new InitStage().run(init, made("init"));
    new PretrainStage()
        .run(
            new PretrainSettings(
                input("init"),
                null,
                input("corpus"),
                Architecture.MODALITY_SPECIFIC,
                List.of(),
                4,
                16,
                1e-3,
                0,
                0.01,
                1,
                0.15,
                1,
                Negatives.RANDOM,
                0,
                0,
                0,
                Augmentation.NONE,
                1e-8,
                DecayGroups.PAPER,
                1,
                MaskedWords.PAPER,
                "auto"),
            made("specific"));
  }

  private static StageContext made(String name) throws Exception {
    return new TrialContext(Files.createDirectory(shared.resolve(name)));
  }

  private static Input input(String name) {
    return new Input(
        name.equals("corpus") ? "corpus" : "weights", Digest.of(name), shared.resolve(name));
  }

  private JsonNode tuned(FineTuneSettings.Task task, EvaluateSettings.Task measured, int steps)
      throws Exception {
    Path tuned = Files.createDirectory(directory.resolve("tuned"));
    new FineTuneStage().run(settings(task, steps, Augmentation.NONE), new TrialContext(tuned));
    Path scores = Files.createDirectory(directory.resolve("scores"));
    new EvaluateStage()
        .run(
            new EvaluateSettings(
                new Input("weights", Digest.of("tuned"), tuned),
                input("corpus"),
                measured,
                task == FineTuneSettings.Task.RETRIEVAL ? "shifted" : "",
                EvaluateSettings.HeldOut.TEST,
                50),
            new TrialContext(scores));
    assertThat(Files.readAllLines(scores.resolve("examples.csv"))).hasSizeGreaterThan(30);
    checkPredictions(scores);
    return new ObjectMapper().readTree(scores.resolve("metrics.json").toFile());
  }

  /** A dozen examples whose pictures are inside the sheet, with one that is marked as right. */
  private static void checkPredictions(Path scores) throws Exception {
    JsonNode sheet = new ObjectMapper().readTree(scores.resolve("predictions.json").toFile());
    BufferedImage image = ImageIO.read(scores.resolve("predictions.png").toFile());
    List<String> examples = Files.readAllLines(scores.resolve("examples.csv"));

    assertThat(sheet.get("predictions")).hasSize(12);
    assertThat(image.getWidth()).isEqualTo(sheet.get("width").asInt());
    assertThat(image.getHeight()).isEqualTo(sheet.get("height").asInt());
    int side = sheet.get("image-size").asInt();
    for (JsonNode prediction : sheet.get("predictions")) {
      assertThat(examples).anyMatch(line -> line.contains(prediction.get("asked").asText()));
      assertThat(prediction.get("pictures")).anyMatch(one -> one.get("right").asBoolean());
      for (JsonNode one : prediction.get("pictures")) {
        int x = one.get("x").asInt();
        int y = one.get("y").asInt();
        assertThat(x + side).isLessThanOrEqualTo(image.getWidth());
        assertThat(y + side).isLessThanOrEqualTo(image.getHeight());
        assertThat(Arrays.stream(image.getRGB(x, y, side, side, null, 0, side)).boxed())
            .anyMatch(rgb -> rgb != -1);
      }
      if (sheet.get("task").asText().equals("retrieval")) {
        int rank = Integer.parseInt(prediction.get("answer").asText().replace("rank ", ""));
        JsonNode pictures = prediction.get("pictures");
        assertThat(pictures).hasSize(rank <= 3 ? 3 : 4);
        assertThat(pictures.get(Math.min(rank, 4) - 1).get("right").asBoolean()).isTrue();
      }
    }
  }

  private static FineTuneSettings settings(
      FineTuneSettings.Task task, int steps, Augmentation augmentation) {
    return new FineTuneSettings(
        input("specific"),
        input("corpus"),
        task,
        task == FineTuneSettings.Task.RETRIEVAL ? "shifted" : "",
        steps,
        16,
        3e-3,
        1,
        0.1,
        0.01,
        1,
        0,
        0,
        augmentation,
        1e-8,
        DecayGroups.PAPER,
        1,
        RateDecay.LINEAR,
        0,
        1,
        "auto");
  }

  @Test
  void statementsAboutTwoImagesCannotBeToldFromTheirWords() throws Exception {
    JsonNode metrics = tuned(FineTuneSettings.Task.NLVR2, EvaluateSettings.Task.NLVR2, 10);

    assertThat(metrics.get("examples").asInt()).isEqualTo(600);
    assertThat(metrics.get("text-only").asDouble()).isBetween(47.0, 53.0);
    assertThat(metrics.get("chance").asDouble()).isEqualTo(50);
    assertThat(metrics.get("templates")).hasSize(6);
    assertThat(metrics.at("/interval/low").asDouble())
        .isLessThanOrEqualTo(metrics.get("accuracy").asDouble());
  }

  /** At the start losses are those of guessing; what is trained goes below. */
  @Test
  void pretrainingIsMeasuredDirectly() throws Exception {
    Path scores = Files.createDirectory(directory.resolve("direct"));
    new EvaluateStage()
        .run(
            new EvaluateSettings(
                input("specific"),
                input("corpus"),
                EvaluateSettings.Task.PRETRAINING,
                "",
                EvaluateSettings.HeldOut.TEST,
                8),
            new TrialContext(scores));
    JsonNode metrics = new ObjectMapper().readTree(scores.resolve("metrics.json").toFile());

    assertThat(metrics.get("itc-batch").asInt()).isEqualTo(8);
    assertThat(metrics.get("itc").asDouble()).isBetween(0.5, 3.5);
    assertThat(metrics.get("itm").asDouble()).isBetween(0.4, 1.0);
    assertThat(metrics.get("mlm").asDouble()).isBetween(2.0, 8.0);
    assertThat(metrics.get("loss").asDouble())
        .isEqualTo(
            metrics.get("itc").asDouble()
                + metrics.get("itm").asDouble()
                + 0.25 * metrics.get("mlm").asDouble());
    assertThat(metrics.get("itm-accuracy").asDouble()).isBetween(25.0, 75.0);
    assertThat(metrics.get("mlm-prior").asDouble()).isBetween(1.0, 60.0);
    assertThat(metrics.at("/text-recall/at-1").isNumber()).isTrue();
    for (String name : List.of("itm-accuracy", "mlm-accuracy")) {
      JsonNode interval = metrics.at("/accuracy-intervals/" + name);
      assertThat(metrics.get(name).asDouble())
          .isBetween(interval.get("low").asDouble(), interval.get("high").asDouble());
    }
    assertThat(Files.readAllLines(scores.resolve("examples.csv"))).hasSize(1 + 8 + 3 * 24);
  }

  @Test
  void retrievalIsTunedOnTheShiftedDomain() throws Exception {
    JsonNode metrics = tuned(FineTuneSettings.Task.RETRIEVAL, EvaluateSettings.Task.RETRIEVAL, 5);

    assertThat(metrics.get("images").asInt()).isEqualTo(20);
    assertThat(metrics.get("mean").asDouble()).isBetween(0.0, 100.0);
  }

  @Test
  void classificationLearnsTheNouns() throws Exception {
    JsonNode metrics =
        tuned(FineTuneSettings.Task.CLASSIFICATION, EvaluateSettings.Task.CLASSIFICATION, 120);

    assertThat(metrics.get("chance").asDouble()).isBetween(8.33, 8.34);
    assertThat(metrics.get("accuracy").asDouble()).isGreaterThan(20);
    assertThat(metrics.get("classes")).hasSize(12);
  }

  @Test
  void segmentationLearnsTheBackgrounds() throws Exception {
    JsonNode metrics =
        tuned(FineTuneSettings.Task.SEGMENTATION, EvaluateSettings.Task.SEGMENTATION, 120);

    assertThat(metrics.get("accuracy").asDouble())
        .isGreaterThan(metrics.get("prior").asDouble() + 15);
    assertThat(metrics.get("mean-iou").asDouble()).isBetween(5.0, 100.0);
    assertThat(metrics.get("classes")).hasSize(18);
  }

  @Test
  void segmentationWithAugmentationIsRefused() {
    FineTuneSettings settings = settings(FineTuneSettings.Task.SEGMENTATION, 1, Augmentation.PAPER);

    assertThatThrownBy(() -> new FineTuneStage().run(settings, new TrialContext(directory)))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("augmentation: none");
  }
}
