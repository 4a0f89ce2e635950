package org.amalgam.runner.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.runner.report.RunJson;
import org.amalgam.stages.alignment.Alignment;
import org.amalgam.stages.alignment.UnitOrder;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.TensorSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code amalgam align}: the experts' units in one order, before a merge. */
@Command(
    name = "align",
    description = {
      "Permutes the hidden units and attention heads of each expert so that its weights agree best"
          + " with the reference expert's (weight matching: the exact linear assignment in each"
          + " layer). Every expert still computes what it did; merge the result where experts began"
          + " from different weights.",
      "",
      "Heads take their columns of the relative position table along, in the rows that only their"
          + " modality reads: the text's for l, the image's for v. Where a cross-modal expert reads"
          + " both, in the top layers, heads stay as they are."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam align specific -o aligned --reference v",
      "  amalgam align specific.safetensors -o aligned.safetensors --hidden-units-only"
    })
final class AlignCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL", description = "the modality-specific checkpoint")
  private String model = "";

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "OUT",
      description = "what to write: a .safetensors file or a folder")
  private String out = "";

  @Option(
      names = "--reference",
      paramLabel = "EXPERT",
      description = "the expert that stays as it is, v (default) or l")
  private String reference = "v";

  @Option(names = "--hidden-units-only", description = "leave heads as they are in all layers")
  private boolean hiddenUnitsOnly;

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

  @Option(names = "--force", description = "replace OUT if it exists")
  private boolean force;

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  AlignCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, StageFailure, InterruptedException {
    if (threads < 1 || memory < 1) {
      throw wrong("--threads and --memory must be positive");
    }
    if (!List.of("v", "l").contains(reference)) {
      throw wrong("--reference must be v or l, is " + reference);
    }
    CheckpointPath from = CheckpointPath.toRead(surroundings.resolve(model));
    CheckpointPath to =
        CheckpointPath.toWrite(surroundings.resolve(out)).asSafetensors(spec, "align");
    try (TensorSource file = TensorSources.open(from.weights());
        CommandProgress progress = new CommandProgress(surroundings)) {
      Alignment alignment = new Alignment(file, reference, !hiddenUnitsOnly);
      if (Files.exists(to.file()) && !force) {
        throw wrong(to.file() + " exists; name another place or add --force");
      }
      Workers workers = Workers.of(threads, memory << 20);
      List<UnitOrder> orders =
          NewFile.write(to.file(), part -> alignment.write(part, workers, progress));
      Path config = from.config();
      Path copy = to.config();
      if (config != null && copy != null && Files.exists(config)) {
        Files.copy(config, copy, StandardCopyOption.REPLACE_EXISTING);
      }
      report(to.file(), orders, alignment.left());
    }
    return ExitCode.OK.code();
  }

  private void report(Path file, List<UnitOrder> orders, String left) {
    PrintStream text = surroundings.out();
    if (output == OutputFormat.json) {
      List<Object> rows = new ArrayList<>();
      for (UnitOrder order : orders) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("layer", order.layer());
        row.put("expert", order.expert());
        row.put("units", order.kind().label());
        row.put("number", order.order().length);
        row.put("moved", order.moved());
        row.put("cosine_before", order.before());
        row.put("cosine_after", order.after());
        rows.add(row);
      }
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("output", file.toString());
      json.put("aligned", rows);
      json.put("left", left);
      text.print(RunJson.text(json));
      return;
    }
    String line = "%-5s  %-6s  %-12s  %6s  %6s  %7s  %7s%n";
    text.printf(line, "layer", "expert", "units", "number", "moved", "before", "after");
    for (UnitOrder order : orders) {
      text.printf(
          line,
          order.layer(),
          order.expert(),
          order.kind().label(),
          order.order().length,
          order.moved(),
          "%.4f".formatted(order.before()),
          "%.4f".formatted(order.after()));
    }
    text.printf("%nbefore and after: cosine of all weights of the units with %s's%n", reference);
    if (!left.isEmpty()) {
      text.println(left);
    }
    text.println(file);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
