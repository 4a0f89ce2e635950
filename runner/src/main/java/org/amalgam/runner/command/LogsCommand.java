package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.runner.report.RunHistory;
import org.amalgam.runner.report.RunRecord;
import org.amalgam.runner.report.RunStage;
import org.amalgam.runner.report.RunState;
import org.amalgam.runner.report.RunSummary;
import org.amalgam.runner.settings.ToolSetting;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amalgam logs}. */
@Command(
    name = "logs",
    header = "Prints what a stage logged; --follow while it runs.",
    description = {
      "Prints what a stage logged: of the newest run that knows it, running or not, or of --run. A"
          + " cached stage shows the log of the run that made its artifact.",
      "With --follow it goes on while the run does, whichever process that is, and ends with it."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  amalgam logs seed-model --follow", "  amalgam logs 0a1b2c3d4e5f"})
final class LogsCommand implements Callable<Integer> {
  private static final int SHORTEST_KEY = 8;
  private static final long LOOK_MILLIS = 200;

  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Parameters(
      paramLabel = "STAGE|POINT|KEY",
      description = "whose log: a stage, a point, or a stage key or its first 8 digits or more")
  private String name = "";

  @Option(
      names = "--run",
      paramLabel = "RUN",
      description = "which run is meant, as amalgam runs names it")
  private @Nullable String run;

  @Option(
      names = {"-f", "--follow"},
      description = "goes on until the run ends")
  private boolean follow;

  LogsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    String runs = storeOptions.settings(surroundings, Map.of()).value(ToolSetting.RUNS);
    ArtifactStore store = storeOptions.open(surroundings);
    RunHistory history = RunHistory.in(surroundings.resolve(runs));
    Optional<RunSummary> chosen = choose(history);
    Map<String, Path> logs = logs(store, chosen);
    boolean running = chosen.isPresent() && chosen.get().state() == RunState.RUNNING;
    if (logs.isEmpty() && !(follow && running)) {
      throw storeOptions.misuse("no log of " + name + hint(chosen));
    }
    LogTail tail = new LogTail(surroundings.out());
    tail.print(logs);
    if (follow && running) {
      RunSummary before = chosen.get();
      while (RunHistory.again(before).state() == RunState.RUNNING) {
        Thread.sleep(LOOK_MILLIS);
        tail.print(logs(store, chosen));
      }
      // What was written between the last look and the end.
      tail.print(logs(store, chosen));
    }
    return ExitCode.OK.code();
  }

  private Optional<RunSummary> choose(RunHistory history) throws IOException {
    String asked = run;
    if (asked != null) {
      try {
        return Optional.of(history.find(asked));
      } catch (IllegalArgumentException e) {
        throw storeOptions.misuse(String.valueOf(e.getMessage()));
      }
    }
    for (RunSummary summary : history.newestFirst()) {
      // A run at work may yet come to the stage.
      if (follow && summary.state() == RunState.RUNNING) {
        return Optional.of(summary);
      }
      if (RunRecord.of(summary).stages().stream().anyMatch(this::isMeant)) {
        return Optional.of(summary);
      }
    }
    return Optional.empty();
  }

  private boolean isMeant(RunStage stage) {
    return stage.isNamed(name) || stage.key().filter(this::isMeant).isPresent();
  }

  private boolean isMeant(Digest key) {
    return name.length() >= SHORTEST_KEY && key.hex().startsWith(name);
  }

  /** Point or key to the log that is there. */
  private Map<String, Path> logs(ArtifactStore store, Optional<RunSummary> chosen)
      throws IOException {
    Map<String, Path> logs = new LinkedHashMap<>();
    if (chosen.isPresent()) {
      for (RunStage stage : RunRecord.of(RunHistory.again(chosen.get())).stages()) {
        if (isMeant(stage) && stage.key().isPresent()) {
          logs.put(stage.point(), store.log(stage.key().get()));
        }
      }
    } else if (run == null) {
      for (KeyEntry entry : store.entries()) {
        if (isMeant(entry.key())) {
          logs.put("key " + entry.key().abbreviated(), store.log(entry.key()));
        }
      }
    }
    logs.values().removeIf(log -> !Files.isRegularFile(log));
    return logs;
  }

  private String hint(Optional<RunSummary> chosen) throws IOException {
    if (chosen.isEmpty()) {
      return ": no run knows it; amalgam runs lists the runs";
    }
    TreeSet<String> stages = new TreeSet<>();
    RunRecord.of(chosen.get()).stages().forEach(stage -> stages.add(stage.stage()));
    return stages.contains(name.replaceFirst("\\[.*", ""))
        ? " in " + chosen.get().name() + ": it was never started"
        : " in "
            + chosen.get().name()
            + "; "
            + Suggestion.among(name, new ArrayList<>(stages), "stages");
  }
}
