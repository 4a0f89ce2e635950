package org.amalgam.stages.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Manifest;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.stages.TrialContext;
import org.amalgam.stages.data.CorpusSettings;
import org.amalgam.stages.data.CorpusStage;
import org.amalgam.stages.data.SpriteWorld;
import org.amalgam.stages.data.image.Augmentation;
import org.amalgam.stages.data.world.Questions;
import org.amalgam.stages.data.world.Statements;
import org.amalgam.stages.model.Architecture;
import org.amalgam.stages.model.Initialization;

/** Pre-training of a pico model on a pico world, in this process or in one of its own. */
final class PicoTraining {
  /** What trainings differ in. */
  record Knobs(int steps, double clip, int accumulate, double drop, Negatives negatives) {
    static final Knobs PLAIN = new Knobs(60, 0, 1, 0, Negatives.RANDOM);
    static final Knobs ALL_ON = new Knobs(60, 0.5, 2, 0.2, Negatives.HARD);

    Knobs withSteps(int other) {
      return new Knobs(other, clip, accumulate, drop, negatives);
    }
  }

  /** An attempt at a stage, with a scratch directory that other attempts may share. */
  record Attempt(Path output, Path scratch, long seed, Progress progress, Consumer<String> lines)
      implements StageContext {
    @Override
    public Environment environment() {
      return Environment.DEFAULT;
    }

    @Override
    public void log(String line) {
      lines.accept(line);
    }
  }

  private final Path shared;

  /** Trainings on what {@link #prepare} left in a folder. */
  PicoTraining(Path shared) {
    this.shared = shared;
  }

  /** Makes the world and the initial weights. */
  void prepare() throws Exception {
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
            40,
            8,
            8,
            24,
            24,
            List.of(Questions.Type.FITS),
            60,
            12,
            List.of(Statements.Template.values()),
            20,
            8,
            24,
            8);
    Path corpus = Files.createDirectory(shared.resolve("corpus"));
    new CorpusStage()
        .run(new CorpusSettings("sprite-world", world, 32, "corpus"), new TrialContext(corpus));
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
    Path weights = Files.createDirectory(shared.resolve("init"));
    new InitStage().run(init, new TrialContext(weights));
  }

  PretrainSettings settings(Knobs knobs, String checkpointEvery) {
    return new PretrainSettings(
        input("init"),
        null,
        input("corpus"),
        Architecture.MODALITY_SPECIFIC,
        List.of(),
        knobs.steps(),
        8,
        2e-3,
        0.1,
        0.01,
        knobs.clip(),
        0.15,
        1,
        knobs.negatives(),
        0,
        knobs.drop(),
        knobs.drop(),
        Augmentation.PAPER,
        1e-8,
        DecayGroups.PAPER,
        knobs.accumulate(),
        MaskedWords.PAPER,
        checkpointEvery);
  }

  FineTuneSettings tuning(FineTuneSettings.Task task, int accumulate, Augmentation augmentation) {
    return new FineTuneSettings(
        input("init"),
        input("corpus"),
        task,
        "",
        1,
        8,
        2e-3,
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
        accumulate,
        "never");
  }

  /** Runs one attempt to its end; the manifest of what it made. */
  Manifest run(Knobs knobs, String checkpointEvery, Attempt attempt) throws Exception {
    Files.createDirectories(attempt.output());
    new PretrainStage().run(settings(knobs, checkpointEvery), attempt);
    return Manifest.of(attempt.output());
  }

  Input input(String name) {
    String kind = name.equals("corpus") ? "corpus" : "weights";
    return new Input(kind, Digest.of(name), shared.resolve(name));
  }

  /**
   * Starts another virtual machine that trains with all knobs on and prints {@code step N} for each
   * step, then the digest of what it made.
   *
   * @param flags of the virtual machine
   * @param collect whether to force a collection at every step
   */
  Process child(Path output, Path scratch, int steps, boolean collect, String... flags)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(PicoTraining.class.getName());
    command.addAll(List.of(shared.toString(), output.toString(), scratch.toString()));
    command.addAll(List.of(Integer.toString(steps), Boolean.toString(collect)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  /** What {@link #child} runs. */
  public static void main(String[] arguments) throws Exception {
    boolean collect = Boolean.parseBoolean(arguments[4]);
    Progress progress =
        (done, total, unit, shown) -> {
          if (collect) {
            System.gc();
          }
          System.out.println("step " + done);
        };
    Manifest made =
        new PicoTraining(Path.of(arguments[0]))
            .run(
                Knobs.ALL_ON.withSteps(Integer.parseInt(arguments[3])),
                "3 steps",
                new Attempt(Path.of(arguments[1]), Path.of(arguments[2]), 1, progress, line -> {}));
    System.out.println(made.digest());
  }

  /** Progress that fails as if the process died, once so many steps are done. */
  static Progress dyingAt(int step) {
    return (done, total, unit, shown) -> {
      if (done >= step) {
        throw new Death();
      }
    };
  }

  /** The end of an attempt, of which nobody is told. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  /** Losses by name of a line of the curve. */
  static Map<String, Double> line(Path output, int step) throws IOException {
    List<String> lines = Files.readAllLines(output.resolve("curve.csv"));
    String[] names = lines.get(0).split(",", -1);
    String[] values = lines.get(step).split(",", -1);
    Map<String, Double> line = new java.util.TreeMap<>();
    for (int i = 0; i < names.length; i++) {
      line.put(names[i], Double.parseDouble(values[i]));
    }
    return line;
  }
}
