package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.stages.data.CaptionSet;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Dropout;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.FlatParameters;
import org.amalgam.stages.tensor.Gradients;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.Torch;
import org.amalgam.stages.training.PicoTraining.Knobs;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The mean gradient of micro-batches against the gradient of the whole batch. */
class AccumulationTest {
  private static final int PARTS = 4;

  @TempDir static Path shared = Path.of("");
  private static PicoTraining training = new PicoTraining(Path.of(""));

  @BeforeAll
  static void prepare() throws Exception {
    training = new PicoTraining(shared);
    training.prepare();
  }

  private interface Objectives {
    Objective<?> of(ModelConfig config, Corpus corpus, int parts, NDManager manager)
        throws Exception;
  }

  /** How far the mean gradient of the parts is from the whole's, relative to its length. */
  private static double difference(EnumSet<Head> heads, int answers, String loss, Objectives made)
      throws Exception {
    Checkpoint init = Checkpoint.read(shared.resolve("init"));
    ModelConfig config = init.config().withHeads(heads, answers);
    SortedMap<String, HostTensor> weights = init.as(config, 3).weights();
    try (Corpus corpus = Corpus.open(shared.resolve("corpus"));
        NDManager manager = Torch.manager(Environment.DEFAULT);
        Objective<?> whole = made.of(config, corpus, 1, manager);
        Objective<?> cut = made.of(config, corpus, PARTS, manager)) {
      float[] expected = gradient(config, weights, manager, whole, 1, loss);
      float[] actual = gradient(config, weights, manager, cut, PARTS, loss);
      double difference = 0;
      double length = 0;
      for (int i = 0; i < expected.length; i++) {
        difference += Math.pow(actual[i] / PARTS - expected[i], 2);
        length += Math.pow(expected[i], 2);
      }
      assertThat(length).isPositive();
      return Math.sqrt(difference / length);
    }
  }

  private static <P> float[] gradient(
      ModelConfig config,
      SortedMap<String, HostTensor> weights,
      NDManager manager,
      Objective<P> objective,
      int parts,
      String loss) {
    Torch.recordGradients(true);
    try (FlatParameters parameters =
            new FlatParameters(manager, weights, name -> new FlatParameters.Group(true, 1));
        Transformer transformer = new Transformer(config, manager)) {
      for (int part = 0; part < parts; part++) {
        try (NDManager step = manager.newSubManager()) {
          Transformer.Pass pass =
              transformer.pass(parameters.attach(step), parameters.gradients(), Dropout.NONE);
          Losses losses = objective.losses(pass, step, objective.prepare(5, part));
          NDArray chosen = losses.parts().getOrDefault(loss, losses.total());
          pass.backward(chosen);
          parameters.detach();
        }
      }
      return Gradients.of(parameters);
    } finally {
      Torch.recordGradients(false);
    }
  }

  private static Objective<?> pretraining(
      ModelConfig config, Corpus corpus, int parts, NDManager manager) throws Exception {
    List<CaptionSet> sets = List.of(corpus.captions("scenes", Split.TRAIN));
    return new PretrainingObjective(
        config,
        new Pairs(sets, corpus.tokenizer(), config.textLength()),
        corpus.tokenizer(),
        training.settings(new Knobs(1, 0, parts, 0, Negatives.RANDOM), "auto"),
        1,
        manager);
  }

  @Test
  void hiddenWordsCountAlikeWhicheverPartTheyAreIn() throws Exception {
    double mlm =
        difference(
            EnumSet.of(Head.ITC, Head.ITM, Head.MLM), 0, "mlm", AccumulationTest::pretraining);

    assertThat(mlm).isLessThan(2e-6);
  }

  /** Whoever sees fewer candidates has another loss; the setting says so. */
  @Test
  void contrastIsAnotherLossInParts() throws Exception {
    double itc =
        difference(
            EnumSet.of(Head.ITC, Head.ITM, Head.MLM), 0, "itc", AccumulationTest::pretraining);

    assertThat(itc).isGreaterThan(1e-2);
  }

  @ParameterizedTest
  @EnumSource(
      value = FineTuneSettings.Task.class,
      names = {"VQA", "NLVR2", "CLASSIFICATION", "SEGMENTATION"})
  void lossesThatAreMeansOverSamplesHaveTheGradientOfTheWholeBatch(FineTuneSettings.Task task)
      throws Exception {
    double difference =
        difference(
            EnumSet.of(task.head()),
            answers(task),
            "total",
            (config, corpus, parts, manager) -> tuning(task, config, corpus, parts, manager));

    assertThat(difference).isLessThan(2e-6);
  }

  private static int answers(FineTuneSettings.Task task) throws Exception {
    try (Corpus corpus = Corpus.open(shared.resolve("corpus"))) {
      return switch (task) {
        case VQA -> corpus.questions(Split.TRAIN).answerVocabulary().size();
        case CLASSIFICATION -> corpus.sprites(Split.TRAIN).nounNames().size();
        case SEGMENTATION -> corpus.masks(Split.TRAIN).classes().size();
        default -> 0;
      };
    }
  }

  private static Objective<?> tuning(
      FineTuneSettings.Task task, ModelConfig config, Corpus corpus, int parts, NDManager manager)
      throws Exception {
    boolean still = task == FineTuneSettings.Task.SEGMENTATION;
    FineTuneSettings settings =
        training.tuning(task, parts, still ? Augmentation.NONE : Augmentation.PAPER);
    PicoTraining.Attempt context =
        new PicoTraining.Attempt(shared, shared, 1, Progress.SILENT, line -> {});
    return switch (task) {
      case VQA ->
          new AnsweringObjective(
              config,
              corpus.questions(Split.TRAIN),
              corpus.tokenizer(),
              settings,
              context,
              manager);
      case NLVR2 ->
          new StatementObjective(
              config,
              corpus.statements(Split.TRAIN),
              corpus.tokenizer(),
              settings,
              context,
              manager);
      case CLASSIFICATION ->
          new ClassObjective(corpus.sprites(Split.TRAIN), settings, context, manager);
      case SEGMENTATION ->
          new PixelObjective(corpus.masks(Split.TRAIN), settings, context, manager);
      default -> throw new IllegalArgumentException(task.toString());
    };
  }

  @Test
  void theCurveShowsTheLossOfTheWholeStep() throws Exception {
    Map<String, Double> whole = firstLine("whole", 1);
    Map<String, Double> parts = firstLine("parts", PARTS);

    assertThat(whole).containsKey("mlm");
    assertThat(parts.getOrDefault("mlm", 0.0))
        .isCloseTo(whole.getOrDefault("mlm", 1.0), within(2e-5));
  }

  private static Map<String, Double> firstLine(String name, int parts) throws Exception {
    Path output = shared.resolve(name);
    training.run(
        new Knobs(1, 0, parts, 0, Negatives.RANDOM),
        "never",
        new PicoTraining.Attempt(output, shared, 1, Progress.SILENT, line -> {}));
    return PicoTraining.line(output, 1);
  }

  @Test
  void aBatchThatCannotBeCutIsRefused() {
    assertThatThrownBy(() -> training.settings(new Knobs(1, 0, 3, 0, Negatives.RANDOM), "auto"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("accumulate must cut the batch of 8 into equal parts of at least 2, is 3");
  }
}
