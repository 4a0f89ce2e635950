package org.amalgam.runner.executor;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * The log of one execution, appended to the file of its key. What the libraries log in the stage's
 * thread, or in threads that it starts, goes there too.
 */
public final class StageLog implements AutoCloseable {
  private static final InheritableThreadLocal<@Nullable StageLog> CURRENT =
      new InheritableThreadLocal<>();

  private final PrintWriter writer;

  private StageLog(PrintWriter writer) {
    this.writer = writer;
  }

  /** Opens the log and makes it this thread's. */
  public static StageLog open(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    StageLog log =
        new StageLog(
            new PrintWriter(
                Files.newBufferedWriter(
                    file,
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND),
                true));
    CURRENT.set(log);
    return log;
  }

  /** The log of the stage that this thread works for, if any. */
  static @Nullable StageLog current() {
    return CURRENT.get();
  }

  /** Writes a line with the time. */
  public synchronized void line(String line) {
    writer.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line);
  }

  /** Writes where something was thrown. */
  public synchronized void stackTrace(Throwable failure) {
    failure.printStackTrace(writer);
    writer.flush();
  }

  @Override
  public synchronized void close() {
    CURRENT.remove();
    writer.close();
  }
}
