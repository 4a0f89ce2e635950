package org.amalgam.runner.progress;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.Verdict;

/** Lines with elapsed times, for logs and pipes: start, every ten seconds or tenth, end. */
public final class PlainProgress implements RunDisplay {
  private static final double QUIET_SECONDS = 10;
  private static final double QUIET_FRACTION = 0.1;
  private static final double LEAST_SECONDS = 1;

  private static final class Line {
    final StageProgress progress;
    double lastSeconds;
    double lastFraction;

    Line(StageProgress progress) {
      this.progress = progress;
    }
  }

  private final PrintStream out;
  private final long startNanos = System.nanoTime();
  private final Map<Point, Line> running = new LinkedHashMap<>();
  private final Tally tally = new Tally();
  private int points;
  private int cachedUnsaid;

  public PlainProgress(PrintStream out) {
    this.out = out;
  }

  @Override
  public synchronized void began(List<Point> planned) {
    points = planned.size();
    say(points + (points == 1 ? " stage" : " stages"));
  }

  @Override
  public synchronized void started(Point point, StageKey key) {
    running.put(point, new Line(new StageProgress(System.nanoTime())));
    say("start   " + point.name() + " (" + point.type().name() + ")");
  }

  @Override
  public synchronized void waiting(Point point, String holder) {
    say("        " + point.name() + "  waits for " + holder);
  }

  @Override
  public synchronized void retrying(Point point, String message) {
    running.remove(point);
    say("retry   " + point.name() + ": " + message);
  }

  @Override
  public synchronized void advanced(
      Point point, long done, long total, String unit, Map<String, Double> shown) {
    Line line = running.get(point);
    if (line == null) {
      return;
    }
    long now = System.nanoTime();
    line.progress.at(now, done, total, unit, shown);
    double quiet = line.progress.seconds(now) - line.lastSeconds;
    boolean tenth = line.progress.fraction() - line.lastFraction >= QUIET_FRACTION;
    if (quiet >= QUIET_SECONDS || (tenth && quiet >= LEAST_SECONDS)) {
      line.lastSeconds = line.progress.seconds(now);
      line.lastFraction = line.progress.fraction();
      say("        " + point.name() + "  " + line.progress.text(now));
    }
  }

  @Override
  public synchronized void ended(Outcome outcome) {
    running.remove(outcome.point());
    tally.add(outcome.verdict());
    if (outcome.verdict() == Verdict.CACHED) {
      cachedUnsaid++;
      return;
    }
    String text = "%-7s %s".formatted(outcome.verdict(), outcome.point().name());
    if (outcome.seconds() > 0) {
      text += " in " + Elapsed.text(outcome.seconds());
    }
    say(outcome.message().isEmpty() ? text : text + ": " + outcome.message());
  }

  @Override
  public synchronized void notice(String line) {
    say(line);
  }

  @Override
  public synchronized void close() {
    if (points > 0) {
      say("done    " + tally);
    }
  }

  private void say(String text) {
    long elapsed = (System.nanoTime() - startNanos) / 1_000_000_000;
    String clock = "[" + Elapsed.clock(elapsed) + "] ";
    if (cachedUnsaid > 0) {
      out.println(clock + "cached  " + cachedUnsaid + (cachedUnsaid == 1 ? " stage" : " stages"));
      cachedUnsaid = 0;
    }
    out.println(clock + text);
    out.flush();
  }
}
