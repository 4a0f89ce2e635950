package org.amalgam.benches;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
import org.amalgam.stages.training.DecayGroups;
import org.amalgam.stages.training.InitSettings;
import org.amalgam.stages.training.InitStage;
import org.amalgam.stages.training.MaskedWords;
import org.amalgam.stages.training.Negatives;
import org.amalgam.stages.training.PretrainSettings;
import org.amalgam.stages.training.PretrainStage;

/**
 * Pre-trains on the sprite world with everything on (hard negatives, augmentation, both dropouts,
 * clipping, two micro-batches, checkpoints) and prints the resident memory of the process in MiB
 * after the first step and every 500. Linux only. Arguments: a folder, width, layers, heads, batch,
 * steps.
 */
public final class MemoryOverSteps {
  private static final int EVERY = 500;

  private MemoryOverSteps() {}

  public static void main(String[] args) throws Exception {
    int[] numbers = Stream.of(args).skip(1).mapToInt(Integer::parseInt).toArray();
    Path directory = Path.of(args[0]);
    SpriteWorld world =
        new SpriteWorld(
            1, 24, 400, 5, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, List.of(Questions.Type.values()));
    new CorpusStage()
        .run(
            new CorpusSettings("sprite-world", world, 32, "corpus"),
            context(directory, "corpus", Progress.SILENT));
    InitSettings init =
        new InitSettings(
            input(directory, "corpus"),
            numbers[0],
            numbers[1],
            1,
            numbers[2],
            8,
            16,
            Initialization.FAN_IN,
            0,
            "random",
            new InitSettings.Random());
    new InitStage().run(init, context(directory, "weights", Progress.SILENT));
    PretrainSettings settings =
        new PretrainSettings(
            input(directory, "weights"),
            null,
            input(directory, "corpus"),
            Architecture.MODALITY_SPECIFIC,
            List.of("scenes"),
            numbers[4],
            numbers[3],
            1e-3,
            0.1,
            0.01,
            1,
            0.15,
            1,
            Negatives.HARD,
            0,
            0.1,
            0.1,
            Augmentation.PAPER,
            1e-8,
            DecayGroups.PAPER,
            2,
            MaskedWords.PAPER,
            "100 steps");
    new PretrainStage().run(settings, context(directory, "trained", MemoryOverSteps::print));
  }

  private static void print(long done, long total, String unit, Map<String, Double> shown) {
    if (done == 1 || done % EVERY == 0) {
      System.out.println("step " + done + ": " + residentMiB() + " MiB");
    }
  }

  private static long residentMiB() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String resident = lines.filter(line -> line.startsWith("VmRSS:")).findFirst().orElseThrow();
      return Long.parseLong(resident.replaceAll("[^0-9]", "")) / 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Input input(Path directory, String name) {
    return new Input(name, Digest.of(name), directory.resolve(name));
  }

  private static StageContext context(Path directory, String name, Progress progress)
      throws IOException {
    Path output = Files.createDirectories(directory.resolve(name));
    return new Context(output, directory.resolve("scratch"), progress);
  }

  private record Context(Path output, Path scratch, Progress progress) implements StageContext {
    @Override
    public Environment environment() {
      return Environment.DEFAULT;
    }

    @Override
    public long seed() {
      return 1;
    }

    @Override
    public void log(String line) {}
  }
}
