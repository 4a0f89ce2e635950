package org.amalgam.runner.progress;

import java.io.PrintStream;

/**
 * How far a long reading or writing of files is: a line that is redrawn, or a line now and then.
 */
public final class ByteProgress implements AutoCloseable {
  private static final long REDRAW_NANOS = 200_000_000L;
  private static final long LINE_NANOS = 10_000_000_000L;

  private final String doing;
  private final PrintStream err;
  private final boolean live;
  private long shown = System.nanoTime();
  private boolean drawn;

  /**
   * @param doing what was done with the bytes
   * @param live whether the stream is a terminal
   */
  public ByteProgress(String doing, PrintStream err, boolean live) {
    this.doing = doing;
    this.err = err;
    this.live = live;
  }

  /** So many bytes of so many are behind. */
  public synchronized void at(long done, long all) {
    long now = System.nanoTime();
    if (now - shown < (live ? REDRAW_NANOS : LINE_NANOS)) {
      return;
    }
    shown = now;
    long percent = all == 0 ? 100 : 100 * done / all;
    String line =
        "%s %s of %s (%d %%)".formatted(doing, Bytes.text(done), Bytes.text(all), percent);
    if (live) {
      err.print("\r" + line + "\033[K");
      err.flush();
      drawn = true;
    } else {
      err.println(line);
    }
  }

  @Override
  public synchronized void close() {
    if (drawn) {
      err.print("\r\033[K");
      err.flush();
    }
  }
}
