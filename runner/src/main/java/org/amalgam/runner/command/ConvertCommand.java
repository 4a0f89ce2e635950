package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.checkpoint.CheckpointMetadata;
import org.amalgam.stages.checkpoint.PyTorchWriter;
import org.amalgam.stages.checkpoint.TensorCopy;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.conversion.Conversion;
import org.amalgam.stages.conversion.Rules;
import org.amalgam.stages.model.ModelConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code amalgam convert}: another program's checkpoint by the names and sizes of a model here. */
@Command(
    name = "convert",
    description = {
      "Converts another program's checkpoint to a model of this one, by rules in a file.",
      "IN is a .safetensors file, a PyTorch checkpoint, or a folder with either.",
      "OUT is a .safetensors file, a folder, or by its ending (.ckpt, .pt, .pth, .bin)",
      "a PyTorch file with the tensors under state_dict. The names are those of the",
      "released vl-merging code."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam convert beit_base_patch16_224.pth --from beit -o beit --image-size 384 --plan",
      "  amalgam convert vit_tiny.pth --from timm-vit --size tiny -o tiny.safetensors",
      "  amalgam convert vlmo.pt --from vlmo --architecture custom-ffn -o vlmo",
      "  amalgam convert merged --from vl-merging --architecture modality-agnostic -o merged.ckpt"
    })
final class ConvertCommand implements Callable<Integer> {
  /** What becomes of LayerScale where the file has none. */
  enum LayerScale {
    ones,
    init
  }

  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "IN", description = "the checkpoint to convert")
  private String in = "";

  @Option(
      names = "--from",
      paramLabel = "NAME",
      description = "rules that come with the program: beit, timm-vit, vlmo or vl-merging")
  private @Nullable String from;

  @Option(names = "--rules", paramLabel = "YAML", description = "rules of yours, instead of --from")
  private @Nullable String rules;

  @Option(
      names = "--to",
      paramLabel = "NAME",
      description = "vl-merging (the default and the only one)")
  private String to = "vl-merging";

  @Option(
      names = "--layer-scale",
      paramLabel = "ones|init",
      description = "ones (the default): what rules fill is filled; init: it is left to be drawn")
  private LayerScale layerScale = LayerScale.ones;

  @Option(names = "--plan", description = "read headers only and tell what would be done")
  private boolean plan;

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  @Mixin private ModelOptions model = new ModelOptions();
  @Mixin private OutputOptions target = new OutputOptions();

  ConvertCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, StageFailure, InterruptedException, RecipeException {
    if (!to.equals("vl-merging")) {
      throw wrong("--to must be vl-merging, is " + to);
    }
    ModelConfig config = model.config();
    Rules chosen = layerScale == LayerScale.ones ? rules() : rules().withoutFills();
    Path path = surroundings.resolve(in);
    ConversionText report = new ConversionText(surroundings.out(), output);
    try (Conversion conversion = Conversion.of(TensorSources.open(path), chosen, config)) {
      SkippedParts.tell(conversion, surroundings.err());
      if (plan) {
        report.plan(conversion);
        return ExitCode.OK.code();
      }
      if (!conversion.takesAny()) {
        throw new StageFailure(
            path + ": the rules make nothing of it; --plan tells of each tensor");
      }
      CheckpointPath place = target.path(surroundings);
      write(conversion, config, path, place);
      report.done(conversion, place.weights());
    }
    return ExitCode.OK.code();
  }

  private void write(Conversion conversion, ModelConfig config, Path path, CheckpointPath place)
      throws IOException, StageFailure, InterruptedException {
    if (place.isPyTorch()) {
      target.write(
          place,
          TensorCopy.infos(conversion),
          (file, tensors) -> PyTorchWriter.write(conversion, file));
      return;
    }
    SortedMap<String, Digest> parents = new TreeMap<>();
    if (target.parents()) {
      parents.put("model", CheckpointMetadata.digest(path));
    }
    SortedMap<String, String> metadata =
        CheckpointMetadata.of(conversion.metadata(), config.toJson(), parents);
    target.write(
        place,
        TensorCopy.infos(conversion),
        (file, tensors) -> TensorCopy.safetensors(conversion, tensors, metadata, file));
    if (place.config() != null) {
      Files.writeString(place.config(), config.toJson());
    }
  }

  private Rules rules() throws IOException, RecipeException {
    if ((from == null) == (rules == null)) {
      throw wrong("name rules: --from " + String.join("|", Rules.BUILT_IN) + " or --rules YAML");
    }
    if (from != null) {
      if (!Rules.BUILT_IN.contains(from)) {
        throw wrong("--from must be one of " + String.join(", ", Rules.BUILT_IN) + ", is " + from);
      }
      return Rules.builtIn(from);
    }
    return Rules.read(rules, Files.readString(surroundings.resolve(rules)));
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
