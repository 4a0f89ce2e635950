package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.amalgam.runner.report.RunHistory;
import org.amalgam.runner.report.RunRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that says which run is meant. */
final class RunOption {
  @Option(
      names = "--run",
      paramLabel = "RUN",
      description =
          "which run is meant: its name or the beginning of it, latest (the newest that ended) or"
              + " latest~1 (the one before it); see amalgam runs")
  private @Nullable String name;

  /** Whether a run was named. */
  boolean isGiven() {
    return name != null;
  }

  /** The run named, or the newest that ended, if there is one. */
  Optional<RunRecord> read(Path runs) throws IOException {
    String asked = name;
    return asked == null
        ? RunHistory.latest(runs)
        : Optional.of(RunRecord.of(RunHistory.in(runs).find(asked)));
  }
}
