package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.stages.data.CaptionSet;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.Head;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.Transformer;
import org.amalgam.stages.tensor.Torch;
import org.amalgam.stages.training.FineTuneSettings.Task;
import org.amalgam.stages.training.PicoTraining.Attempt;
import org.amalgam.stages.training.PicoTraining.Knobs;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each objective lowers its loss on a pico world when it is all that is trained. */
class LearningTest {
  @TempDir static Path shared = Path.of("");
  private static PicoTraining training = new PicoTraining(Path.of(""));

  @TempDir Path directory = Path.of("");

  @BeforeAll
  static void prepare() throws Exception {
    training = new PicoTraining(shared);
    training.prepare();
  }

  /** One part of an objective, as if there were no other. */
  private record Alone<P>(Objective<P> whole, String part) implements Objective<P> {
    @Override
    public P prepare(int step, int part) {
      return whole.prepare(step, part);
    }

    @Override
    public Losses losses(Transformer.Pass pass, NDManager scope, P prepared) {
      NDArray chosen = whole.losses(pass, scope, prepared).parts().get(part);
      return new Losses(Objects.requireNonNull(chosen), Map.of());
    }

    @Override
    public void close() {
      whole.close();
    }
  }

  /** Mean losses of the first tenth and of the last tenth of the steps. */
  private double[] ends(ModelConfig config, Objective<?> objective, NDManager manager, int steps)
      throws Exception {
    List<Double> losses = new ArrayList<>();
    Progress recording = (done, total, unit, shown) -> losses.add(shown.getOrDefault("loss", 0.0));
    Optimization optimization =
        new Optimization(
            steps,
            3e-3,
            0.1,
            RateDecay.LINEAR,
            0.01,
            1e-8,
            DecayGroups.PAPER,
            1,
            1,
            1,
            1,
            0,
            0,
            "never");
    Path output = Files.createDirectories(directory.resolve("out"));
    TrainingLoop.train(
        optimization,
        config,
        Checkpoint.read(shared.resolve("init")).as(config, 1).weights(),
        optimization,
        manager,
        objective,
        new Attempt(output, directory, 1, recording, line -> {}));
    int tenth = steps / 10;
    return new double[] {
      losses.subList(0, tenth).stream().mapToDouble(x -> x).average().orElseThrow(),
      losses.subList(steps - tenth, steps).stream().mapToDouble(x -> x).average().orElseThrow()
    };
  }

  @ParameterizedTest
  @CsvSource({"itc, 200, 0.6", "itm, 400, 0.95", "mlm, 100, 0.7"})
  void eachObjectiveOfPretrainingLearnsAlone(String part, int steps, double share)
      throws Exception {
    try (Corpus corpus = Corpus.open(shared.resolve("corpus"));
        NDManager manager = Torch.manager(Environment.DEFAULT)) {
      ModelConfig config =
          Checkpoint.read(shared.resolve("init"))
              .config()
              .withHeads(EnumSet.of(Head.ITC, Head.ITM, Head.MLM), 0);
      List<CaptionSet> sets = List.of(corpus.captions("scenes", Split.TRAIN));
      try (Objective<?> alone =
          new Alone<>(
              new PretrainingObjective(
                  config,
                  new Pairs(sets, corpus.tokenizer(), config.textLength()),
                  corpus.tokenizer(),
                  training.settings(Knobs.PLAIN, "never"),
                  1,
                  manager),
              part)) {
        double[] ends = ends(config, alone, manager, steps);

        assertThat(ends[1]).as("first %s", ends[0]).isLessThan(share * ends[0]);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"VQA, 150, 0.8", "RETRIEVAL, 200, 0.6", "NLVR2, 200, 0.9"})
  void eachTaskLearnsAlone(Task task, int steps, double share) throws Exception {
    try (Corpus corpus = Corpus.open(shared.resolve("corpus"));
        NDManager manager = Torch.manager(Environment.DEFAULT)) {
      int answers = task == Task.VQA ? corpus.questions(Split.TRAIN).answerVocabulary().size() : 0;
      ModelConfig config =
          Checkpoint.read(shared.resolve("init"))
              .config()
              .withHeads(EnumSet.of(task.head()), answers);
      try (Objective<?> objective = objective(task, config, corpus, manager)) {
        double[] ends = ends(config, objective, manager, steps);

        assertThat(ends[1]).as("first %s", ends[0]).isLessThan(share * ends[0]);
      }
    }
  }

  private static Objective<?> objective(
      Task task, ModelConfig config, Corpus corpus, NDManager manager) throws Exception {
    FineTuneSettings settings = training.tuning(task, 1, Augmentation.NONE);
    Attempt context = new Attempt(shared, shared, 1, Progress.SILENT, line -> {});
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
      default ->
          new RetrievalObjective(
              config,
              new Pairs(
                  List.of(corpus.captions("scenes", Split.TRAIN)),
                  corpus.tokenizer(),
                  config.textLength()),
              corpus.tokenizer(),
              settings,
              context,
              manager);
    };
  }
}
