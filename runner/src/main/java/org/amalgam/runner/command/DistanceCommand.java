package org.amalgam.runner.command;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.runner.report.RunJson;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.distance.ComparedWeights;
import org.amalgam.stages.distance.Distances;
import org.amalgam.stages.distance.PairDistances;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.TensorSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code amalgam distance}: how far apart the experts of a file are, or two files. */
@Command(
    name = "distance",
    description = {
      "Measures how far apart the experts of a modality-specific checkpoint are (v-l over all"
          + " layers, v-vl and l-vl over the top ones), or two checkpoints with the same tensors."
          + " A checkpoint is a .safetensors or PyTorch file or a folder with either.",
      "",
      "L2      Euclidean distance of the two weight vectors, all layers concatenated",
      "cosine  1 - cos, from 0 to 2; 0 if both are zero, 1 if only one is",
      "SSD     soft sign dissimilarity 1 - mean |x + y| / (|x| + |y|), from 0 to 1. Where both are"
          + " zero there is no sign: such places are left out of the mean",
      "TSSD    SSD after --share of each vector was set to zero, smallest magnitudes first: one"
          + " border for each whole vector, not for each layer; exactly floor(share * length)"
          + " elements, of equal magnitudes at the border the first ones. The mean is over the"
          + " places where not both are zero then; one that is kept beside a zero is alike.",
      "",
      "Sums are in f64; borders are exact and found by counting, so each weight is read four times"
          + " (once without TSSD, --share 0) and memory does not grow with the checkpoint."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam distance specific.safetensors --layers",
      "  amalgam distance specific --weights all --share 0.8 --output json",
      "  amalgam distance seed merged"
    })
final class DistanceCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "MODEL", description = "a checkpoint")
  private String model = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "MODEL2",
      description = "a second one with the same tensors, to be compared with the first")
  private @Nullable String other;

  @Option(
      names = "--weights",
      paramLabel = "WHICH",
      description = "matrices (default), or all: biases and norms too")
  private String weights = "matrices";

  @Option(names = "--share", paramLabel = "K", description = "what TSSD sets to zero; default 0.5")
  private double share = 0.5;

  @Option(names = "--layers", description = "each layer's distances too, under the same borders")
  private boolean layers;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads; default: all cores, at most 8")
  private int threads = Math.min(8, Runtime.getRuntime().availableProcessors());

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  DistanceCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, StageFailure, InterruptedException {
    if (!(share >= 0 && share <= 1)) {
      throw new ParameterException(spec.commandLine(), "--share must be in [0, 1], is " + share);
    }
    if (threads < 1) {
      throw new ParameterException(spec.commandLine(), "--threads must be positive");
    }
    List<PairDistances> all = measure(compared());
    if (output == OutputFormat.json) {
      surroundings.out().print(RunJson.text(json(all)));
    } else {
      print(all, surroundings.out());
    }
    return ExitCode.OK.code();
  }

  private ComparedWeights compared() {
    for (ComparedWeights one : ComparedWeights.values()) {
      if (one.name().toLowerCase(Locale.ROOT).equals(weights)) {
        return one;
      }
    }
    throw new ParameterException(
        spec.commandLine(), "--weights must be matrices or all, is " + weights);
  }

  private List<PairDistances> measure(ComparedWeights compared)
      throws IOException, StageFailure, InterruptedException {
    Workers workers = Workers.of(threads, Workers.DEFAULT_MEMORY);
    try (TensorSource one = open(model);
        CommandProgress progress = new CommandProgress(surroundings)) {
      if (other == null) {
        return PairDistances.betweenExperts(one, compared, share, workers, progress);
      }
      try (TensorSource two = open(other)) {
        return PairDistances.betweenModels(one, two, compared, share, workers, progress);
      }
    }
  }

  private TensorSource open(String path) throws IOException {
    return TensorSources.open(CheckpointPath.toRead(surroundings.resolve(path)).weights());
  }

  private Map<String, Object> json(List<PairDistances> all) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("weights", weights);
    json.put("share", share);
    for (PairDistances one : all) {
      Map<String, Object> values = one.json();
      if (!layers) {
        values.remove("layers");
      }
      json.put(one.name(), values);
    }
    return json;
  }

  private void print(List<PairDistances> all, PrintStream out) {
    String line = "%-8s %-6s %13s %11s %8s %8s %8s %9s%n";
    out.printf(line, "pair", "layer", "weights", "L2", "cosine", "SSD", "TSSD", "in TSSD");
    for (PairDistances one : all) {
      List<String> labels = new ArrayList<>(List.of("all"));
      List<Distances> rows = new ArrayList<>(List.of(one.all()));
      if (layers) {
        one.layers()
            .forEach(
                (layer, distances) -> {
                  labels.add(layer.toString());
                  rows.add(distances);
                });
      }
      for (int i = 0; i < rows.size(); i++) {
        Distances row = rows.get(i);
        out.printf(
            line,
            one.name(),
            labels.get(i),
            String.format(Locale.ROOT, "%,d", row.elements()),
            String.format(Locale.ROOT, "%.4f", row.l2()),
            fraction(row.cosine()),
            fraction(row.ssd()),
            fraction(row.tssd()),
            String.format(Locale.ROOT, "%.1f %%", 100.0 * row.kept() / row.elements()));
      }
    }
  }

  private static String fraction(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
