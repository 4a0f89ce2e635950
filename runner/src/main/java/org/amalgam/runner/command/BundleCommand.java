package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.runner.bundle.BundleException;
import org.amalgam.runner.bundle.BundleReader;
import org.amalgam.runner.bundle.BundleWriter;
import org.amalgam.runner.progress.ByteProgress;
import org.amalgam.runner.progress.Bytes;
import org.amalgam.runner.progress.Terminal;
import org.amalgam.runner.report.RunHistory;
import org.amalgam.runner.report.RunRecord;
import org.amalgam.runner.report.RunStage;
import org.amalgam.runner.report.RunState;
import org.amalgam.runner.report.RunSummary;
import org.amalgam.runner.settings.ToolSetting;
import org.amalgam.runner.settings.ToolSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code amalgam bundle}. */
@Command(
    name = "bundle",
    description = {
      "Hands a run on as one file: its report and recipe, every artifact that it used, with keys,"
          + " provenance and logs. After importing it, running the recipe computes nothing, and"
          + " amalgam why answers as on the machine that made it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam bundle export latest -o run.tar.zst",
      "  amalgam bundle import run.tar.zst"
    })
final class BundleCommand implements Runnable {
  private final Surroundings surroundings;

  @Spec private @Nullable CommandSpec spec;

  BundleCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public void run() {
    CommandSpec own = spec;
    if (own != null) {
      throw new ParameterException(own.commandLine(), "say export or import");
    }
  }

  @Command(
      name = "export",
      description = "Writes a run and all that it used to a file.",
      footerHeading = "%nExample:%n",
      footer = "  amalgam bundle export latest -o run.tar.zst")
  int export(
      @Mixin StoreOptions storeOptions,
      @Parameters(
              paramLabel = "RUN",
              description = "a run that ended, as amalgam runs names it, or latest")
          String name,
      @Option(
              names = {"-o", "--out"},
              required = true,
              paramLabel = "FILE",
              description = "the bundle (.tar.zst)")
          String out)
      throws IOException, StageFailure {
    ToolSettings settings = storeOptions.settings(surroundings, Map.of());
    ArtifactStore store = StoreOptions.open(surroundings, settings);
    RunRecord run;
    try {
      Path runs = surroundings.resolve(settings.value(ToolSetting.RUNS));
      RunSummary summary = RunHistory.in(runs).find(name);
      if (summary.state() != RunState.ENDED) {
        throw storeOptions.misuse("the run " + summary.name() + " is " + summary.state());
      }
      run = RunRecord.of(summary);
    } catch (IllegalArgumentException e) {
      throw storeOptions.misuse(String.valueOf(e.getMessage()));
    }
    try (ByteProgress progress = progress("wrote")) {
      BundleWriter bundle = new BundleWriter(store);
      TreeSet<Digest> keys = new TreeSet<>();
      for (RunStage stage : run.stages()) {
        if (stage.artifact().isPresent()) {
          stage.key().ifPresent(keys::add);
        }
      }
      for (Digest key : keys) {
        bundle.addResult(key);
      }
      bundle.addRun(run.summary().folder());
      Path target = surroundings.resolve(out);
      bundle.write(target, progress::at);
      surroundings
          .out()
          .printf(
              "wrote %s: run %s, %d results, %s (%s unpacked)%n",
              target,
              run.summary().name(),
              keys.size(),
              Bytes.text(Files.size(target)),
              Bytes.text(bundle.size()));
      return ExitCode.OK.code();
    } catch (BundleException e) {
      throw new StageFailure(String.valueOf(e.getMessage()), e);
    }
  }

  @Command(
      name = "import",
      description = {
        "Takes a bundle over into the store. Every byte is checked first; of a bundle that is not"
            + " exactly what was exported nothing is taken over. What it holds was computed"
            + " elsewhere: with trust = local it is computed again, and differences are told.",
        "Files outside of the store that stages read, such as images of yours, are not in a bundle;"
            + " their digests are, in the keys. Where such a file is missing, run cannot know that"
            + " the result is of that file, and blocks what reads it."
      },
      footerHeading = "%nExample:%n",
      footer = "  amalgam bundle import run.tar.zst")
  int importBundle(
      @Mixin StoreOptions storeOptions,
      @Parameters(paramLabel = "FILE", description = "the bundle") String file)
      throws IOException, StageFailure {
    ToolSettings settings = storeOptions.settings(surroundings, Map.of());
    Path bundle = surroundings.resolve(file);
    if (!Files.isRegularFile(bundle)) {
      throw new StageFailure("there is no file " + bundle);
    }
    ArtifactStore store = StoreOptions.open(surroundings, settings);
    try (ByteProgress progress = progress("read")) {
      BundleReader.Imported imported =
          BundleReader.read(
              bundle, store, surroundings.resolve(settings.value(ToolSetting.RUNS)), progress::at);
      surroundings
          .out()
          .printf("imported %d results, %d artifacts%n", imported.results(), imported.artifacts());
      if (!imported.readers().isEmpty()) {
        surroundings
            .out()
            .printf(
                "%s read files outside of the store, which no bundle holds: before amalgam run can"
                    + " tell that these results are of the same files, it must find them where the"
                    + " recipe says; amalgam why, show, runs and the report need none%n",
                String.join(", ", imported.readers()));
      }
      for (Path run : imported.runs()) {
        surroundings.out().println("run: " + run);
      }
      return ExitCode.OK.code();
    } catch (BundleException e) {
      throw new StageFailure(String.valueOf(e.getMessage()), e);
    }
  }

  private ByteProgress progress(String doing) {
    return new ByteProgress(
        doing, surroundings.err(), Terminal.of(surroundings.environment()).present());
  }
}
