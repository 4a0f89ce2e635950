package org.amalgam.runner.progress;

import java.io.PrintStream;
import java.util.Map;
import org.amalgam.pipelines.stage.Progress;

/** The progress of one command as lines: every ten seconds, or every tenth of the whole. */
public final class LineProgress implements Progress {
  private static final double QUIET_SECONDS = 10;
  private static final double QUIET_FRACTION = 0.1;
  private static final double LEAST_SECONDS = 1;

  private final PrintStream out;
  private final String name;
  private final StageProgress progress = new StageProgress(System.nanoTime());
  private double lastSeconds;
  private double lastFraction;

  /**
   * @param name what each line begins with
   */
  public LineProgress(PrintStream out, String name) {
    this.out = out;
    this.name = name;
  }

  @Override
  public synchronized void at(long done, long total, String unit, Map<String, Double> shown) {
    long now = System.nanoTime();
    progress.at(now, done, total, unit, shown);
    double seconds = progress.seconds(now);
    double quiet = seconds - lastSeconds;
    boolean tenth = progress.fraction() - lastFraction >= QUIET_FRACTION;
    if (quiet >= QUIET_SECONDS || (tenth && quiet >= LEAST_SECONDS)) {
      lastSeconds = seconds;
      lastFraction = progress.fraction();
      out.println(name + "  " + progress.text(now));
    }
  }
}
