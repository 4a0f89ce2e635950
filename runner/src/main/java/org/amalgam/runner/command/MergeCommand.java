package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.checkpoint.CheckpointMetadata;
import org.amalgam.stages.merging.Merge;
import org.amalgam.stages.merging.MergeInputs;
import org.amalgam.stages.merging.MergeMethod;
import org.amalgam.stages.merging.MergedConfig;
import org.amalgam.stages.merging.mergekit.MergekitConfig;
import org.amalgam.stages.merging.mergekit.MergekitMerge;
import org.amalgam.stages.merging.streaming.MergePlan;
import org.amalgam.stages.merging.streaming.OutputTensor;
import org.amalgam.stages.merging.streaming.StreamingMerge;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.LaidOutSafetensors;
import org.amalgam.stages.tensor.TensorInfo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code amalgam merge}: one merge of plain files, without a recipe or a store. */
@Command(
    name = "merge",
    description = {
      "Merges the experts of a modality-specific checkpoint into one modality-agnostic checkpoint.",
      "IN is a .safetensors file, a PyTorch checkpoint (.ckpt, .pt, .pth, .bin), or a",
      "folder with either, in one file or in shards; OUT is a .safetensors file or a folder.",
      "",
      "Tensors of the released vl-merging code's names are expected: those that modalities have for"
          + " themselves (v, l, vl) are merged, all others copied bit for bit.",
      "A setting is told with the methods that have it, and [its default]; where there is none, the"
          + " method needs it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam merge specific.safetensors -o merged.safetensors --method interpolation --alpha"
          + " 0.5",
      "  amalgam merge specific -o merged --method modality-arithmetic --lambda 0.5 --origin seed",
      "  amalgam merge specific --method regmean --gamma 0.9 --grams grams.safetensors --plan",
      "  amalgam merge --mergekit config.yml -o merged"
    })
final class MergeCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  private @Nullable MethodOptions methodOptions;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "IN", description = "the modality-specific checkpoint")
  private @Nullable String in;

  @Mixin private OutputOptions target = new OutputOptions();

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = {
        "how experts become one tensor: interpolation, modality-arithmetic or regmean of the"
            + " paper;",
        "or layer-wise, ties, dare, slerp, fisher, model-stock"
      })
  private @Nullable String method;

  @Option(
      names = "--origin",
      paramLabel = "FILE",
      description = {
        "the checkpoint from which the experts were trained, W0",
        "(modality-arithmetic, layer-wise, ties, dare, model-stock)"
      })
  private @Nullable String origin;

  @Option(
      names = "--grams",
      paramLabel = "FILE",
      description = "Gram matrices, from amalgam gram (regmean)")
  private @Nullable String grams;

  @Option(
      names = "--fisher",
      paramLabel = "FILE",
      description = "mean squared gradients F, from amalgam fisher (fisher)")
  private @Nullable String fisher;

  @Option(
      names = "--mergekit",
      paramLabel = "YAML",
      description = "merge local folders as a mergekit file says, instead of IN and --method")
  private @Nullable String mergekit;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads; default: all cores, at most 8")
  private int threads = Math.min(8, Runtime.getRuntime().availableProcessors());

  @Option(
      names = "--memory",
      paramLabel = "MIB",
      description = "heap to use at most; default 1024, less where -Xmx is less")
  private long memory = Workers.DEFAULT_MEMORY >> 20;

  @Option(names = "--plan", description = "read headers only and tell what would be done")
  private boolean plan;

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  private MergeCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** The command with an option for every setting of every merge method. */
  static CommandLine commandLine(Surroundings surroundings) {
    MergeCommand command = new MergeCommand(surroundings);
    CommandLine line = new CommandLine(command);
    command.methodOptions = MethodOptions.addTo(line.getCommandSpec());
    return line;
  }

  @Override
  public Integer call() throws IOException, StageFailure, InterruptedException, RecipeException {
    if (threads < 1 || memory < 1) {
      throw wrong("--threads and --memory must be positive");
    }
    Workers workers = Workers.of(threads, memory << 20);
    MergeReport report = new MergeReport(surroundings.out(), output);
    if (mergekit != null) {
      return mergekit(surroundings.resolve(mergekit), mergekit, workers, report);
    }
    MergeMethod chosen = chosenMethod();
    CheckpointPath from = CheckpointPath.toRead(surroundings.resolve(needed(in, "IN")));
    try (MergeInputs inputs =
        MergeInputs.open(
            from.weights(),
            weights(chosen.usesOrigin(), origin, "--origin"),
            file(chosen.usesGrams(), grams, "--grams"),
            file(chosen.usesFisher(), fisher, "--fisher"))) {
      SkippedParts.tell(inputs.model(), surroundings.err());
      Merge merge = new Merge(chosen, inputs);
      MergePlan needs = MergePlan.of(merge.tensors(), workers);
      if (plan) {
        report.plan(merge.tensors(), merge::layer, merge.missing(), needs);
        return merge.missing().isEmpty() ? ExitCode.OK.code() : ExitCode.DATA.code();
      }
      CheckpointPath to = target.path(surroundings).asSafetensors(spec, "merge");
      String config = config(from);
      long began = System.nanoTime();
      Map<String, String> texts = inputs.model().metadata();
      ParentDigests parents =
          ParentDigests.begin(target.parents() ? parents(from) : new TreeMap<>());
      SortedMap<String, String> unfinished =
          CheckpointMetadata.of(texts, config, parents.placeholders());
      // Hashing takes as long as merging with two threads, and it takes a core of its own.
      Workers beside =
          target.parents() && threads > 1 ? new Workers(threads - 1, workers.memory()) : workers;
      merge.measure(beside, Progress.SILENT);
      SortedMap<Integer, Duration> layers = new TreeMap<>();
      target.write(
          to,
          merge.infos(),
          (file, tensors) -> {
            merge
                .write(file, tensors.keySet(), unfinished, beside, Progress.SILENT)
                .forEach((layer, time) -> layers.merge(layer, time, Duration::plus));
            LaidOutSafetensors.replaceMetadata(
                file, tensors, CheckpointMetadata.of(texts, config, parents.await()));
          });
      if (to.config() != null && config != null) {
        Files.writeString(to.config(), config);
      }
      report.done(
          to.weights(),
          merge.tensors(),
          needs,
          Duration.ofNanos(System.nanoTime() - began),
          layers);
    }
    return ExitCode.OK.code();
  }

  /** The merge of a mergekit YAML; what else lies in the first model's folder comes along. */
  private Integer mergekit(Path file, String name, Workers workers, MergeReport report)
      throws IOException, StageFailure, InterruptedException, RecipeException {
    if (in != null || method != null) {
      throw wrong("--mergekit says what is merged and how; leave out IN and --method");
    }
    MergekitConfig config = MergekitConfig.read(name, Files.readString(file));
    try (MergekitMerge merge =
        MergekitMerge.open(config, surroundings.directory()::resolve, dropSeed())) {
      List<OutputTensor> tensors = merge.tensors();
      MergePlan needs = MergePlan.of(tensors, workers);
      if (plan) {
        report.plan(tensors, tensor -> OptionalInt.empty(), List.of(), needs);
        return ExitCode.OK.code();
      }
      CheckpointPath to = target.path(surroundings).asSafetensors(spec, "merge");
      long began = System.nanoTime();
      SortedMap<String, TensorInfo> infos = new TreeMap<>();
      tensors.forEach(tensor -> infos.put(tensor.name(), tensor.info()));
      target.write(
          to,
          infos,
          (part, some) ->
              StreamingMerge.write(
                  part,
                  tensors.stream().filter(tensor -> some.containsKey(tensor.name())).toList(),
                  Map.of(),
                  workers,
                  Progress.SILENT));
      if (to.isFolder()) {
        for (Path other : merge.otherFiles()) {
          Files.copy(
              other,
              to.weights().resolve(other.getFileName().toString()),
              StandardCopyOption.REPLACE_EXISTING);
        }
      }
      Duration time = Duration.ofNanos(System.nanoTime() - began);
      report.done(to.weights(), tensors, needs, time, new TreeMap<>());
    }
    return ExitCode.OK.code();
  }

  private long dropSeed() {
    OptionSpec option = spec.findOption("--drop-seed");
    Object given = option == null ? null : option.getValue();
    try {
      return given == null ? 0 : Long.parseLong(given.toString());
    } catch (NumberFormatException e) {
      throw wrong("--drop-seed must be a whole number, is " + given);
    }
  }

  /** All files that are used, by the name of their option. */
  private SortedMap<String, Path> parents(CheckpointPath from) {
    SortedMap<String, Path> parents = new TreeMap<>();
    parents.put("model", from.weights());
    Map<String, @Nullable String> others = new TreeMap<>();
    others.put("origin", origin);
    others.put("grams", grams);
    others.put("fisher", fisher);
    others.forEach(
        (role, path) -> {
          if (path != null) {
            parents.put(role, surroundings.resolve(path));
          }
        });
    return parents;
  }

  /** The merged model's config.json, where there is one to begin with. */
  private static @Nullable String config(CheckpointPath from) throws IOException, StageFailure {
    Path config = from.config();
    return config == null || !Files.exists(config) ? null : MergedConfig.of(config);
  }

  private MergeMethod chosenMethod() {
    String name = needed(method, "--method");
    MethodOptions options = methodOptions;
    if (options == null) {
      throw new IllegalStateException("the command was not made by commandLine");
    }
    return options.method(name);
  }

  private @Nullable Path weights(boolean used, @Nullable String path, String option) {
    Path file = file(used, path, option);
    return file == null ? null : CheckpointPath.toRead(file).weights();
  }

  private @Nullable Path file(boolean used, @Nullable String path, String option) {
    if (used && path == null) {
      throw wrong("method " + method + " needs " + option + " FILE");
    }
    if (!used && path != null) {
      throw wrong("method " + method + " does not use " + option);
    }
    return path == null ? null : surroundings.resolve(path);
  }

  private String needed(@Nullable String value, String what) {
    if (value == null) {
      throw wrong(what + " is missing");
    }
    return value;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
