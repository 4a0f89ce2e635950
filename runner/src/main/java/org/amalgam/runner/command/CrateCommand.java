package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.runner.crate.RunCrate;
import org.amalgam.runner.progress.Bytes;
import org.amalgam.runner.report.RunHistory;
import org.amalgam.runner.report.RunRecord;
import org.amalgam.runner.report.RunState;
import org.amalgam.runner.report.RunSummary;
import org.amalgam.runner.settings.ToolSetting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amalgam crate}. */
@Command(
    name = "crate",
    header = "Exports a run as an RO-Crate, for archives and reviewers.",
    description = {
      "Writes a run as an RO-Crate (Provenance Run Crate 0.5): the recipe, each stage's execution"
          + " with times, software and environment, and the files with their SHA-256."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam crate latest -o crate",
      "  amalgam crate latest -o crate --no-artifacts --agent 'Ada Lovelace'"
    })
final class CrateCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Parameters(paramLabel = "RUN", description = "a run that ended, as amalgam runs names it")
  private String name = "";

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "DIR",
      description = "an empty or a new directory")
  private String out = "";

  @Option(
      names = "--no-artifacts",
      description = "describe artifacts by their digests instead of copying their files")
  private boolean withoutArtifacts;

  @Option(
      names = "--license",
      paramLabel = "URI",
      description =
          "the license of the crate's contents; without it the crate says none was stated")
  private String license = "";

  @Option(names = "--agent", paramLabel = "WHO", description = "who ran it: a name or an ORCID URI")
  private String agent = "";

  CrateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    String runs = storeOptions.settings(surroundings, Map.of()).value(ToolSetting.RUNS);
    RunSummary summary = find(RunHistory.in(surroundings.resolve(runs)));
    if (!Files.isRegularFile(summary.recipeFile())) {
      throw storeOptions.misuse(
          "the run " + summary.name() + " kept no copy of its recipe; run it again to export it");
    }
    Path target = Files.createDirectories(surroundings.resolve(out));
    try (Stream<Path> inside = Files.list(target)) {
      if (inside.findAny().isPresent()) {
        throw storeOptions.misuse(target + " is not empty; name an empty or a new directory");
      }
    }
    ArtifactStore store = storeOptions.open(surroundings);
    RunCrate.Written written =
        RunCrate.write(
            RunRecord.of(summary),
            store,
            surroundings.catalog(),
            target,
            new RunCrate.Options(license, agent, !withoutArtifacts));
    surroundings
        .out()
        .println(
            "wrote "
                + written.files()
                + " files, "
                + Bytes.text(written.bytes())
                + ", to "
                + target);
    return ExitCode.OK.code();
  }

  private RunSummary find(RunHistory history) {
    try {
      RunSummary summary = history.find(name);
      if (summary.state() != RunState.ENDED) {
        throw storeOptions.misuse(
            "the run "
                + summary.name()
                + " is "
                + summary.state()
                + ": only one that ended is told");
      }
      return summary;
    } catch (IllegalArgumentException e) {
      throw storeOptions.misuse(String.valueOf(e.getMessage()));
    }
  }
}
