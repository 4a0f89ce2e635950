package org.amalgam.runner.command;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.plan.Defaults;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.runner.progress.LineProgress;
import org.amalgam.stages.data.CocoFiles;
import org.amalgam.stages.data.Corpus;
import org.amalgam.stages.data.CorpusSettings;
import org.amalgam.stages.data.CorpusSource;
import org.amalgam.stages.data.CorpusStage;
import org.amalgam.stages.data.SpriteWorld;
import org.amalgam.stages.model.ModelConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which data a command runs through a model. */
final class CorpusOptions {
  private static final int PIECES_OF_BERT = 30_522;
  private static final int MIN_ANSWER_COUNT = 9;

  @Option(
      names = "--corpus",
      paramLabel = "DIR",
      description = "a corpus that a corpus stage of a recipe made")
  private @Nullable String directory;

  @Option(
      names = "--sprite-world",
      description = "the built-in data at its default settings, made afresh for the model's size")
  private boolean spriteWorld;

  @Option(
      names = "--coco",
      paramLabel = "DIR",
      description = "COCO, or other data in Karpathy's format; may be given several times")
  private List<String> roots = new ArrayList<>();

  @Option(names = "--vqa-root", paramLabel = "DIR", description = "the JSON of VQAv2, with --coco")
  private String vqaRoot = "";

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description = "with --sprite-world and --coco; default: the model's")
  private int imageSize;

  /** A corpus, and the folder that goes when it is closed. */
  record Opened(Corpus corpus, @Nullable Path temporary) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      corpus.close();
      if (temporary != null) {
        MoreFiles.deleteRecursively(temporary, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    }
  }

  /**
   * Opens the chosen corpus, or makes it for the model in a temporary folder.
   *
   * @throws ParameterException if not exactly one was chosen
   */
  Opened open(CommandLine line, Surroundings surroundings, ModelConfig model)
      throws IOException, StageFailure {
    int chosen = (directory == null ? 0 : 1) + (spriteWorld ? 1 : 0) + (roots.isEmpty() ? 0 : 1);
    if (chosen != 1) {
      throw new ParameterException(
          line, "name the data by one of --corpus DIR, --sprite-world and --coco DIR");
    }
    if (directory != null) {
      return new Opened(Corpus.open(surroundings.resolve(directory)), null);
    }
    CorpusSource source =
        spriteWorld
            ? Defaults.of(SpriteWorld.class)
            : new CocoFiles(
                roots.stream().map(root -> surroundings.resolve(root).toString()).toList(),
                vqaRoot.isEmpty() ? "" : surroundings.resolve(vqaRoot).toString(),
                MIN_ANSWER_COUNT);
    CorpusSettings settings =
        new CorpusSettings(
            spriteWorld ? "sprite-world" : "coco",
            source,
            imageSize > 0 ? imageSize : model.imageSize(),
            model.vocabulary() == PIECES_OF_BERT ? "bert" : "corpus");
    Path temporary = Files.createTempDirectory("amalgam-corpus");
    boolean opened = false;
    try {
      new CorpusStage().run(settings, new Making(temporary, surroundings.err()));
      Opened corpus = new Opened(Corpus.open(temporary), temporary);
      opened = true;
      return corpus;
    } finally {
      if (!opened) {
        MoreFiles.deleteRecursively(temporary, RecursiveDeleteOption.ALLOW_INSECURE);
      }
    }
  }

  /** The making of a corpus outside a run. */
  private record Making(Path output, PrintStream err) implements StageContext {
    @Override
    public Path scratch() {
      return output;
    }

    @Override
    public long seed() {
      return 1;
    }

    @Override
    public Environment environment() {
      return Environment.DEFAULT;
    }

    @Override
    public Progress progress() {
      return new LineProgress(err, "corpus");
    }

    @Override
    public void log(String line) {
      err.println("corpus  " + line);
    }
  }
}
