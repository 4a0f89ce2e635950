package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.runner.progress.Elapsed;
import org.amalgam.runner.progress.LineProgress;
import org.amalgam.runner.report.RunJson;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.training.FisherEstimate;
import org.amalgam.stages.training.Negatives;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code amalgam fisher}: squared gradients of a plain checkpoint, without a recipe or a store. */
@Command(
    name = "fisher",
    description = {
      "Averages the squared gradients of the pre-training losses, which merge --method fisher"
          + " reads.",
      "MODEL is a folder with tensors and config.json, or a .safetensors or PyTorch file with"
          + " config.json beside it, as pre-training left it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam fisher specific -o fisher.safetensors --sprite-world",
      "  amalgam fisher specific -o fisher.safetensors --corpus corpus --batches 500 --batch 2",
      "  amalgam merge specific -o merged --method fisher --fisher fisher.safetensors"
    })
final class FisherCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private CorpusOptions data = new CorpusOptions();
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private SafetensorsOut place = new SafetensorsOut();

  @Parameters(paramLabel = "MODEL", description = "the pre-trained checkpoint with experts")
  private String model = "";

  @Option(
      names = "--source",
      paramLabel = "NAME",
      description = "of pairs; may be given several times; default: all to pre-train on")
  private List<String> sources = new ArrayList<>();

  @Option(
      names = "--batches",
      paramLabel = "N",
      description = "batches, drawn at random; default: 256")
  private int batches = 256;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "pairs of a batch, at least 2; few, for it is their mean gradient that is squared;"
              + " default: 4")
  private int batch = 4;

  @Option(
      names = "--mask-share",
      paramLabel = "X",
      description = "share of pieces that are hidden; default: 0.15")
  private double maskShare = 0.15;

  @Option(
      names = "--mlm-weight",
      paramLabel = "X",
      description = "of masked language modelling; default: 0.25")
  private double mlmWeight = 0.25;

  @Option(
      names = "--random-negatives",
      description = "match against random partners of one source instead of hard ones")
  private boolean randomNegatives;

  @Option(names = "--seed", paramLabel = "N", description = "of all draws; default: 1")
  private long seed = 1;

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  FisherCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, StageFailure, InterruptedException {
    Path target = place.target(surroundings);
    FisherEstimate.Options options = options();
    Checkpoint checkpoint = ExpertModel.read(surroundings.resolve(model));
    try (CorpusOptions.Opened opened =
        data.open(spec.commandLine(), surroundings, checkpoint.config())) {
      FisherEstimate estimate = new FisherEstimate(checkpoint, opened.corpus(), options, seed);
      long began = System.nanoTime();
      NewFile.write(
          target,
          file -> {
            estimate.write(
                file, engine.environment(), new LineProgress(surroundings.err(), "fisher"));
            return file;
          });
      report(target, estimate, (System.nanoTime() - began) / 1e9);
    }
    return ExitCode.OK.code();
  }

  private void report(Path target, FisherEstimate estimate, double seconds) {
    if (output == OutputFormat.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("output", target.toString());
      json.put("tensors", estimate.tensors());
      json.put("batches", batches);
      json.put("batch", batch);
      json.put("pairs", estimate.pairs());
      json.put("seconds", seconds);
      surroundings.out().print(RunJson.text(json));
      return;
    }
    surroundings
        .out()
        .printf(
            "%s: squared gradients of %d tensors, mean of %d batches of %d, in %s%n",
            target, estimate.tensors(), batches, batch, Elapsed.text(seconds));
  }

  private FisherEstimate.Options options() {
    if (!(maskShare >= 0.01 && maskShare <= 0.9) || !(mlmWeight >= 0)) {
      throw new ParameterException(
          spec.commandLine(), "--mask-share must be in [0.01, 0.9] and --mlm-weight at least 0");
    }
    try {
      return new FisherEstimate.Options(
          sources,
          batches,
          batch,
          maskShare,
          mlmWeight,
          randomNegatives ? Negatives.RANDOM : Negatives.HARD);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }
}
