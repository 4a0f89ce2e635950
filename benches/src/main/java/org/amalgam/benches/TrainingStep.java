package org.amalgam.benches;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.data.CorpusSettings;
import org.amalgam.stages.data.CorpusStage;
import org.amalgam.stages.data.SpriteWorld;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.data.world.Questions;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Initialization;
import org.amalgam.stages.tensor.Torch;
import org.amalgam.stages.training.DecayGroups;
import org.amalgam.stages.training.InitSettings;
import org.amalgam.stages.training.InitStage;
import org.amalgam.stages.training.MaskedWords;
import org.amalgam.stages.training.Negatives;
import org.amalgam.stages.training.PretrainSettings;
import org.amalgam.stages.training.PretrainStage;
import org.amalgam.stages.training.StepInputs;

/**
 * Pre-trains a modality-specific model on the sprite world's scenes and prints the milliseconds of
 * each step, drawing the batch included, and its loss. Arguments: a folder, width, layers, heads,
 * batch, steps, threads. The first run in a folder makes the data and the weights there, and the
 * batches for the peer, instead of training.
 */
public final class TrainingStep {
  private static final int CROSS_LAYERS = 2;

  private TrainingStep() {}

  public static void main(String[] args) throws Exception {
    int[] numbers = Stream.of(args).skip(1).mapToInt(Integer::parseInt).toArray();
    run(Files.createDirectories(Path.of(args[0])), numbers);
  }

  private static void run(Path directory, int[] numbers) throws Exception {
    SpriteWorld world =
        new SpriteWorld(
            1, 24, 400, 5, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, List.of(Questions.Type.values()));
    Environment environment = new Environment("cpu", "f32", numbers[5]);
    boolean fresh = !Files.exists(directory.resolve("batches.safetensors"));
    PretrainSettings settings = pretraining(directory, numbers);
    if (!fresh) {
      new PretrainStage().run(settings, context(directory, "trained", environment, new Clock()));
      return;
    }
    new CorpusStage()
        .run(
            new CorpusSettings("sprite-world", world, 32, "corpus"),
            context(directory, "corpus", environment, Progress.SILENT));
    InitSettings init =
        new InitSettings(
            input(directory, "corpus"),
            numbers[0],
            numbers[1],
            CROSS_LAYERS,
            numbers[2],
            8,
            16,
            Initialization.FAN_IN,
            0,
            "random",
            new InitSettings.Random());
    new InitStage().run(init, context(directory, "weights", environment, Progress.SILENT));
    try (NDManager manager = Torch.manager(environment)) {
      StepInputs.write(settings, 1, directory, manager);
    }
  }

  private static PretrainSettings pretraining(Path directory, int[] numbers) {
    return new PretrainSettings(
        input(directory, "weights"),
        null,
        input(directory, "corpus"),
        Architecture.MODALITY_SPECIFIC,
        List.of("scenes"),
        numbers[4],
        numbers[3],
        1e-3,
        0,
        0.01,
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
        "never");
  }

  private static Input input(Path directory, String name) {
    return new Input(name, Digest.of(name), directory.resolve(name));
  }

  private static StageContext context(
      Path directory, String name, Environment environment, Progress progress) throws IOException {
    return new Context(Files.createDirectories(directory.resolve(name)), environment, progress);
  }

  /** Prints the time between two reports. */
  private static final class Clock implements Progress {
    private long last = System.nanoTime();

    @Override
    public void at(long done, long total, String unit, java.util.Map<String, Double> shown) {
      long now = System.nanoTime();
      System.out.println(
          String.format(Locale.ROOT, "%.1f %.5f", (now - last) / 1e6, shown.get("loss")));
      last = now;
    }
  }

  private record Context(Path output, Environment environment, Progress progress)
      implements StageContext {
    @Override
    public Path scratch() {
      return output;
    }

    @Override
    public long seed() {
      return 1;
    }

    @Override
    public void log(String line) {}
  }
}
