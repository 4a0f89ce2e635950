package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.runner.progress.Elapsed;
import org.amalgam.runner.progress.LineProgress;
import org.amalgam.runner.report.RunJson;
import org.amalgam.stages.data.Split;
import org.amalgam.stages.gram.GramCollection;
import org.amalgam.stages.gram.GramData;
import org.amalgam.stages.gram.GramTask;
import org.amalgam.stages.model.Checkpoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code amalgam gram}: Gram matrices of a plain checkpoint, without a recipe or a store. */
@Command(
    name = "gram",
    description = {
      "Collects the Gram matrices of what goes into each expert's linear layers, which merge"
          + " --method regmean reads: of a base-size model 2.3 GB, written as they are made.",
      "From fewer tokens than a layer is wide a matrix is singular; merge with --gamma below 1"
          + " then.",
      "MODEL is a folder with tensors and config.json, or a .safetensors or PyTorch file with"
          + " config.json beside it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam gram specific -o grams.safetensors --sprite-world",
      "  amalgam gram specific -o grams.safetensors --corpus corpus --batches 30",
      "  amalgam gram specific -o vqa.safetensors --coco data/coco --vqa-root data/vqav2 --task"
          + " vqa",
      "  amalgam merge specific -o merged --method regmean --gamma 0.9 --grams grams.safetensors",
      "  amalgam merge specific -o merged --method regmean --gamma 0.9 --grams vqa.safetensors"
          + " --variant as-released --task vqa"
    })
final class GramCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private CorpusOptions data = new CorpusOptions();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private SafetensorsOut place = new SafetensorsOut();

  @Parameters(paramLabel = "MODEL", description = "the checkpoint with experts")
  private String model = "";

  @Option(
      names = "--task",
      paramLabel = "pretraining|retrieval|vqa|nlvr2",
      description = {
        "what the model does while inputs are collected; default: pretraining, which goes through"
            + " every expert.",
        "The others are for merge --variant as-released --task"
      })
  private String task = "pretraining";

  @Option(names = "--source", paramLabel = "NAME", description = "of captions; default: the task's")
  private String source = "";

  @Option(
      names = "--split",
      paramLabel = "train|val|test",
      description = "part of the data; default: val, as in the released code")
  private String split = "val";

  @Option(
      names = "--batches",
      paramLabel = "N",
      description = "batches, drawn at random; default: all of the data")
  private int batches;

  @Option(names = "--batch", paramLabel = "N", description = "pairs of one pass; default: 32")
  private int batch = 32;

  @Option(
      names = "--no-padding",
      description = "leave padded positions of texts out; the released code counts them")
  private boolean noPadding;

  @Option(names = "--seed", paramLabel = "N", description = "of the choice of batches; default: 1")
  private long seed = 1;

  @Option(
      names = "--memory",
      paramLabel = "MIB",
      description =
          "for the matrices summed at once; default 1024. With less, data are read oftener")
  private long memory = 1024;

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  GramCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, StageFailure, InterruptedException {
    Path target = place.target(surroundings);
    GramData chosen = chosen();
    Checkpoint checkpoint = ExpertModel.read(surroundings.resolve(model));
    try (CorpusOptions.Opened opened =
        data.open(spec.commandLine(), surroundings, checkpoint.config())) {
      GramCollection collection = new GramCollection(checkpoint, opened.corpus(), chosen, seed);
      long began = System.nanoTime();
      NewFile.write(
          target,
          file -> {
            collection.write(
                file,
                engine.environment(),
                memory << 20,
                new LineProgress(surroundings.err(), "gram"));
            return file;
          });
      report(target, collection, (System.nanoTime() - began) / 1e9);
    }
    return ExitCode.OK.code();
  }

  private void report(Path target, GramCollection collection, double seconds) throws StageFailure {
    int passes = collection.passes(memory << 20);
    if (output == OutputFormat.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("output", target.toString());
      json.put("matrices", collection.matrices());
      json.put("pairs", collection.pairs());
      json.put("passes", passes);
      json.put("seconds", seconds);
      surroundings.out().print(RunJson.text(json));
      return;
    }
    surroundings
        .out()
        .printf(
            "%s: %d Gram matrices over %d pairs, read %d time%s, in %s%n",
            target,
            collection.matrices(),
            collection.pairs(),
            passes,
            passes == 1 ? "" : "s",
            Elapsed.text(seconds));
  }

  private GramData chosen() {
    if (memory < 1) {
      throw wrong("--memory must be positive");
    }
    try {
      return new GramData(
          choice("--task", task, List.of(GramTask.values())),
          source,
          choice("--split", split, List.of(Split.values())),
          batches,
          batch,
          !noPadding);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private <E extends Enum<E>> E choice(String option, String text, List<E> choices) {
    for (E choice : choices) {
      if (choice.name().toLowerCase(Locale.ROOT).equals(text)) {
        return choice;
      }
    }
    String known =
        String.join(", ", choices.stream().map(c -> c.name().toLowerCase(Locale.ROOT)).toList());
    throw wrong("%s must be one of %s, is %s".formatted(option, known, text));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
