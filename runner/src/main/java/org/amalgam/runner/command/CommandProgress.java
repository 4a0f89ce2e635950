package org.amalgam.runner.command;

import java.io.PrintStream;
import java.util.Map;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.runner.progress.Terminal;

/**
 * How far a command on plain files is: nothing at first, since most are done by then; later one
 * line on a terminal that is written over, or a line each ten seconds elsewhere.
 */
final class CommandProgress implements Progress, AutoCloseable {
  private static final long QUIET_NANOS = 2_000_000_000L;
  private static final long TERMINAL_NANOS = 200_000_000L;
  private static final long ELSEWHERE_NANOS = 10_000_000_000L;
  private static final String CLEARED = "\r\033[K";

  private final PrintStream err;
  private final boolean terminal;
  private final long startNanos = System.nanoTime();
  private long nextNanos = QUIET_NANOS;
  private boolean drawn;

  CommandProgress(Surroundings surroundings) {
    this.err = surroundings.err();
    this.terminal = Terminal.of(surroundings.environment()).present();
  }

  @Override
  public void at(long done, long total, String unit, Map<String, Double> shown) {
    long nanos = System.nanoTime() - startNanos;
    if (nanos < nextNanos) {
      return;
    }
    nextNanos = nanos + (terminal ? TERMINAL_NANOS : ELSEWHERE_NANOS);
    drawn = terminal;
    String line = "%d/%d %s, %d %%".formatted(done, total, unit, 100 * done / Math.max(1, total));
    if (terminal) {
      err.print(CLEARED + line);
      err.flush();
    } else {
      err.println(line);
    }
  }

  /** Leaves no line behind on a terminal. */
  @Override
  public void close() {
    if (drawn) {
      err.print(CLEARED);
      err.flush();
    }
  }
}
