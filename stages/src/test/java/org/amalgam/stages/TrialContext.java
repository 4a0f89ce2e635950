package org.amalgam.stages;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageContext;

/**
 * A stage run by itself, in the default environment.
 *
 * @param output where it writes; its scratch is beside it
 * @param lines takes what it logs
 */
public record TrialContext(Path output, long seed, Progress progress, Consumer<String> lines)
    implements StageContext {
  /** Seed 1; nobody looks at progress or log. */
  public TrialContext(Path output) {
    this(output, Progress.SILENT);
  }

  /** Seed 1; nobody looks at the log. */
  public TrialContext(Path output, Progress progress) {
    this(output, 1, progress, line -> {});
  }

  /** Seed 1; nobody looks at progress. */
  public TrialContext(Path output, Consumer<String> lines) {
    this(output, 1, Progress.SILENT, lines);
  }

  @Override
  public Path scratch() {
    return output.resolveSibling(output.getFileName() + ".scratch");
  }

  @Override
  public Environment environment() {
    return Environment.DEFAULT;
  }

  @Override
  public void log(String line) {
    lines.accept(line);
  }
}
