package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Manifest;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.TrialContext;
import org.amalgam.stages.data.CaptionSet;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.CorpusSettings;
import org.amalgam.stages.data.CorpusStage;
import org.amalgam.stages.data.PixelBatch;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.data.SpriteWorld;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.data.world.Questions;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Dropout;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.Initialization;
import org.amalgam.stages.model.Modality;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Sequence;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.FlatParameters;
import org.amalgam.stages.tensor.Gradients;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pre-training of pico models on a pico world, through the stages as the runner runs them. */
class PretrainingTest {
  private static final int BATCH = 16;
  private static final Sequence IMAGE = Sequence.image();

  @TempDir static Path shared = Path.of("");
  @TempDir Path directory = Path.of("");

  @BeforeAll
  static void worldAndInitialWeights() throws Exception {
    SpriteWorld world =
        new SpriteWorld(
            1, 12, 60, 3, 20, 3, 20, 20, 8, 8, 40, 8, 8, 24, 24, List.of(Questions.Type.FITS));
    Path corpus = Files.createDirectory(shared.resolve("corpus"));
    new CorpusStage()
        .run(new CorpusSettings("sprite-world", world, 32, "corpus"), context(corpus, 1));
    for (int seed = 1; seed <= 2; seed++) {
      Path weights = Files.createDirectory(shared.resolve("init" + seed));
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
      new InitStage().run(init, context(weights, seed));
    }
  }

  @Test
  void atTheStartEveryLossIsThatOfGuessing() throws Exception {
    List<String> curve = pretrain("a", Architecture.MODALITY_SPECIFIC, 1, 1, 2e-3);

    assertThat(curve.get(0)).isEqualTo("step,rate,loss,itc,itm,mlm");
    double[] first = numbers(curve.get(1));
    int words = Checkpoint.read(directory.resolve("a")).config().vocabulary();
    assertThat(first[3]).as("itc").isCloseTo(Math.log(BATCH), within(0.6));
    assertThat(first[4]).as("itm").isCloseTo(Math.log(2), within(0.3));
    assertThat(first[5]).as("mlm").isCloseTo(Math.log(words), within(0.5));
  }

  @Test
  void expertsThatAreEqualHaveTheLossOfTheSharedModel() throws Exception {
    double[] apart = numbers(pretrain("a", Architecture.MODALITY_SPECIFIC, 1, 1, 2e-3).get(1));
    double[] shared = numbers(pretrain("b", Architecture.MODALITY_AGNOSTIC, 1, 1, 2e-3).get(1));

    for (int column = 2; column < apart.length; column++) {
      assertThat(apart[column]).isCloseTo(shared[column], within(2e-5));
    }
  }

  @Test
  void theSameSeedGivesTheSameBitsWhateverTheCollectorDoes() throws Exception {
    pretrain("a", Architecture.MODALITY_SPECIFIC, 1, 12, 2e-3);
    Progress collecting = (done, total, unit, shown) -> System.gc();
    pretrain("b", Architecture.MODALITY_SPECIFIC, 1, 12, 2e-3, collecting);

    assertThat(Manifest.of(directory.resolve("b"))).isEqualTo(Manifest.of(directory.resolve("a")));
  }

  @Test
  void twoTrainingsSideBySideGiveTheBitsOfOneAfterTheOther() throws Exception {
    pretrain("a", Architecture.MODALITY_SPECIFIC, 1, 8, 2e-3);
    pretrain("b", Architecture.MODALITY_AGNOSTIC, 1, 8, 2e-3);
    ExecutorService two = Executors.newFixedThreadPool(2);
    try {
      Future<?> first = two.submit(() -> pretrain("c", Architecture.MODALITY_SPECIFIC, 1, 8, 2e-3));
      Future<?> second =
          two.submit(() -> pretrain("d", Architecture.MODALITY_AGNOSTIC, 1, 8, 2e-3));
      first.get();
      second.get();
    } finally {
      two.shutdown();
    }

    assertThat(weights("c")).isEqualTo(weights("a"));
    assertThat(weights("d")).isEqualTo(weights("b"));
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void sharedBottomsHaveTheGradientsOfSixWholePasses(Architecture architecture) throws Exception {
    PretrainSettings settings =
        settings(architecture, 1, 1, 1e-3, Negatives.RANDOM, Augmentation.NONE);
    try (Corpus corpus = Corpus.open(shared.resolve("corpus"));
        NDManager manager = Torch.manager(Environment.DEFAULT);
        LossScript script = new LossScript(manager, settings.mlmWeight())) {
      ModelConfig config =
          Checkpoint.read(shared.resolve("init1"))
              .config()
              .withArchitecture(architecture)
              .withHeads(EnumSet.of(Head.ITC, Head.ITM, Head.MLM), 0);
      List<CaptionSet> sets = List.of(corpus.captions("scenes", Split.TRAIN));
      Pairs pairs = new Pairs(sets, corpus.tokenizer(), config.textLength());
      PretrainingObjective ours =
          new PretrainingObjective(config, pairs, corpus.tokenizer(), settings, 1, manager);
      SixPasses oracle = new SixPasses(config, ours, script);

      float[] shared =
          gradient(
              config,
              manager,
              false,
              (pass, step) -> ours.losses(pass, step, ours.prepare(0, 0)).total());
      float[] whole = gradient(config, manager, true, (pass, step) -> oracle.loss(pass, step, 0));

      double difference = 0;
      double norm = 0;
      for (int i = 0; i < whole.length; i++) {
        difference += Math.pow(shared[i] - whole[i], 2);
        norm += Math.pow(whole[i], 2);
      }
      assertThat(Math.sqrt(difference / norm)).isLessThan(1e-5);
      ours.close();
    }
  }

  @Test
  void whatAStepReadsIsTheSameWhateverWasPreparedBefore() throws Exception {
    PretrainSettings settings =
        settings(Architecture.MODALITY_AGNOSTIC, 1, 1, 1e-3, Negatives.HARD);
    try (Corpus corpus = Corpus.open(shared.resolve("corpus"));
        NDManager manager = Torch.manager(Environment.DEFAULT)) {
      ModelConfig config = Checkpoint.read(shared.resolve("init1")).config();
      List<CaptionSet> sets = List.of(corpus.captions("scenes", Split.TRAIN));
      Pairs pairs = new Pairs(sets, corpus.tokenizer(), config.textLength());
      try (PretrainingObjective straight =
              new PretrainingObjective(config, pairs, corpus.tokenizer(), settings, 1, manager);
          PretrainingObjective jumping =
              new PretrainingObjective(config, pairs, corpus.tokenizer(), settings, 1, manager)) {
        List<PretrainingObjective.Prepared> inOrder = new ArrayList<>();
        for (int step = 0; step < 30; step++) {
          inOrder.add(straight.prepare(step, 0));
        }
        for (int step : new int[] {29, 3, 17, 0}) {
          PretrainingObjective.Prepared again = jumping.prepare(step, 0);
          PretrainingObjective.Prepared once = inOrder.get(step);
          assertThat(again.pixels().bytes()).isEqualTo(once.pixels().bytes());
          assertThat(again.texts().ids()).isEqualTo(once.texts().ids());
          assertThat(again.maskedTexts().ids()).isEqualTo(once.maskedTexts().ids());
          assertThat(again.hidden().targets()).isEqualTo(once.hidden().targets());
        }
        PixelBatch plain = PixelBatch.of(inOrder.get(0).batch().images());
        assertThat(inOrder.get(0).pixels().bytes()).isNotEqualTo(plain.bytes());
      }
    }
  }

  private interface Loss {
    NDArray of(Transformer.Pass pass, NDManager step);
  }

  private static float[] gradient(
      ModelConfig config, NDManager manager, boolean autograd, Loss loss) {
    SortedMap<String, HostTensor> weights = Checkpoint.fresh(config, 3).weights();
    Torch.recordGradients(true);
    try (FlatParameters parameters =
            new FlatParameters(manager, weights, name -> new FlatParameters.Group(true, 1));
        Transformer transformer = new Transformer(config, manager);
        NDManager step = manager.newSubManager()) {
      Map<String, NDArray> bound = parameters.attach(step);
      Transformer.Pass pass =
          autograd
              ? transformer.pass(bound)
              : transformer.pass(bound, parameters.gradients(), Dropout.NONE);
      pass.backward(loss.of(pass, step));
      parameters.detach();
      return Gradients.of(parameters);
    } finally {
      Torch.recordGradients(false);
    }
  }

  @Test
  void nothingOfAStepOutlivesIt() throws Exception {
    ModelConfig config = Checkpoint.read(shared.resolve("init1")).config();
    SortedMap<String, HostTensor> weights = Checkpoint.fresh(config, 1).weights();
    List<Integer> kept = new ArrayList<>();
    try (NDManager manager = Torch.manager(Environment.DEFAULT)) {
      Objective<Integer> counting =
          new Objective<>() {
            @Override
            public Integer prepare(int step, int part) {
              return step;
            }

            @Override
            public Losses losses(Transformer.Pass pass, NDManager step, Integer prepared) {
              kept.add(manager.getManagedArrays().size());
              NDArray pixels = step.ones(new Shape(2, 3, 32, 32));
              NDArray states = pass.bottom(pass.imageTokens(pixels), Modality.VISION, IMAGE);
              return new Losses(states.sum(), Map.of());
            }

            @Override
            public void close() {}
          };
      Optimization optimization =
          new Optimization(
              30, 1e-3, 0, RateDecay.LINEAR, 0, 1e-8, DecayGroups.PAPER, 1, 1, 1, 1, 0, 0, "auto");
      TrainingLoop.train(
          optimization, config, weights, optimization, manager, counting, context(directory, 1));
    }

    assertThat(kept.subList(2, 30)).containsOnly(kept.get(2));
  }

  @Test
  void anotherSeedGivesOtherWeights() throws Exception {
    pretrain("a", Architecture.MODALITY_AGNOSTIC, 1, 2, 2e-3);
    pretrain("b", Architecture.MODALITY_AGNOSTIC, 2, 2, 2e-3);

    assertThat(weights("b")).isNotEqualTo(weights("a"));
  }

  @Test
  void trainingLowersTheLoss() throws Exception {
    List<String> curve = pretrain("a", Architecture.MODALITY_AGNOSTIC, 1, 40, 2e-3);

    assertThat(meanLoss(curve.subList(36, 41))).isLessThan(meanLoss(curve.subList(1, 6)) - 0.7);
  }

  @Test
  void hardNegativesTrainToo() throws Exception {
    PretrainSettings settings =
        settings(Architecture.MODALITY_SPECIFIC, 1, 2, 1e-3, Negatives.HARD);
    Path output = Files.createDirectory(directory.resolve("hard"));
    new PretrainStage().run(settings, context(output, 1));

    assertThat(numbers(Files.readAllLines(output.resolve("curve.csv")).get(2))[2]).isFinite();
  }

  @Test
  void aLossThatIsNoNumberEndsTheStageWithAdvice() {
    assertThatThrownBy(() -> pretrain("a", Architecture.MODALITY_AGNOSTIC, 1, 8, 1e30))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("at step")
        .hasMessageContaining("lower rate");
  }

  @Test
  void aSourceThatTheCorpusLacksIsNamedBesideThoseItHas() {
    PretrainSettings settings =
        new PretrainSettings(
            input("init1"),
            null,
            input("corpus"),
            Architecture.MODALITY_AGNOSTIC,
            List.of("scene"),
            1,
            BATCH,
            1e-3,
            0,
            0,
            0,
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
            "auto");

    assertThatThrownBy(() -> new PretrainStage().run(settings, context(directory, 1)))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("no scene")
        .hasMessageContaining("scenes");
  }

  private List<String> pretrain(
      String name, Architecture architecture, int seed, int steps, double rate) throws Exception {
    return pretrain(name, architecture, seed, steps, rate, Progress.SILENT);
  }

  private List<String> pretrain(
      String name, Architecture architecture, int seed, int steps, double rate, Progress progress)
      throws Exception {
    Path output = Files.createDirectory(directory.resolve(name));
    new PretrainStage()
        .run(
            settings(architecture, seed, steps, rate, Negatives.RANDOM),
            new TrialContext(output, seed, progress, line -> {}));
    return Files.readAllLines(output.resolve("curve.csv"));
  }

  private static PretrainSettings settings(
      Architecture architecture, int seed, int steps, double rate, Negatives negatives) {
    return settings(architecture, seed, steps, rate, negatives, Augmentation.PAPER);
  }

  private static PretrainSettings settings(
      Architecture architecture,
      int seed,
      int steps,
      double rate,
      Negatives negatives,
      Augmentation augmentation) {
    return new PretrainSettings(
        input("init" + seed),
        null,
        input("corpus"),
        architecture,
        List.of(),
        steps,
        BATCH,
        rate,
        0,
        0.01,
        1,
        0.15,
        1,
        negatives,
        0,
        0,
        0,
        augmentation,
        1e-8,
        DecayGroups.PAPER,
        1,
        MaskedWords.PAPER,
        "auto");
  }

  private Digest weights(String name) throws IOException {
    return Digest.ofFile(directory.resolve(name).resolve("model.safetensors"));
  }

  private static double meanLoss(List<String> lines) {
    return lines.stream().mapToDouble(line -> numbers(line)[2]).average().orElseThrow();
  }

  private static double[] numbers(String line) {
    return java.util.Arrays.stream(line.split(",", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  private static Input input(String name) {
    String kind = name.equals("corpus") ? "corpus" : "weights";
    return new Input(kind, Digest.of(name), shared.resolve(name));
  }

  private static StageContext context(Path output, int seed) {
    return new TrialContext(output, seed, Progress.SILENT, line -> {});
  }
}
