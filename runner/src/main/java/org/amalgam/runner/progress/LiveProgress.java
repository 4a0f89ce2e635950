package org.amalgam.runner.progress;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.Verdict;

/**
 * A part at the foot of the terminal, redrawn in place: a summary and a line for each running
 * stage. Stages that ended scroll away above it, where they stay readable.
 */
public final class LiveProgress implements RunDisplay {
  private static final long FRAME_MILLIS = 125;
  private static final int FRAMES_PER_SIZE = 16;
  private static final String HIDE_CURSOR = "\033[?25l";
  private static final String SHOW_CURSOR = "\033[?25h";
  private static final String CLEAR_LINE = "\033[K";
  private static final String CLEAR_BELOW = "\033[J";

  private final PrintStream out;
  private final String title;
  private final Style style;
  private final Supplier<Terminal.Size> sizes;
  private final long startNanos = System.nanoTime();
  private final Map<Point, StageProgress> running = new LinkedHashMap<>();
  private final Tally tally = new Tally();
  private final List<String> above = new ArrayList<>();
  private final ScheduledExecutorService frames =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "live progress");
            thread.setDaemon(true);
            return thread;
          });
  private final Thread restore;
  private Terminal.Size size;
  private int points;
  private int drawn;
  private int frame;
  private boolean closed;

  /**
   * Starts drawing.
   *
   * @param title what is run, such as the recipe and its profile
   */
  public LiveProgress(PrintStream out, String title, Terminal terminal) {
    this(out, title, terminal.colour(), Terminal::size);
  }

  LiveProgress(PrintStream out, String title, boolean colour, Supplier<Terminal.Size> sizes) {
    this.out = out;
    this.title = title;
    this.style = new Style(colour);
    this.sizes = sizes;
    this.size = sizes.get();
    this.restore = new Thread(() -> out.print(SHOW_CURSOR), "restore the cursor");
    Runtime.getRuntime().addShutdownHook(restore);
    out.print(HIDE_CURSOR);
    frames.scheduleAtFixedRate(this::draw, FRAME_MILLIS, FRAME_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public synchronized void began(List<Point> planned) {
    points = planned.size();
  }

  @Override
  public synchronized void started(Point point, StageKey key) {
    running.put(point, new StageProgress(System.nanoTime()));
  }

  @Override
  public synchronized void waiting(Point point, String holder) {
    StageProgress progress = running.get(point);
    if (progress != null) {
      progress.waitsFor(holder);
    }
  }

  @Override
  public synchronized void retrying(Point point, String message) {
    running.remove(point);
    above.add("%-9s %s: %s".formatted("retry", point.name(), message));
  }

  @Override
  public void advanced(Point point, long done, long total, String unit, Map<String, Double> shown) {
    StageProgress progress;
    synchronized (this) {
      progress = running.get(point);
    }
    if (progress != null) {
      progress.at(System.nanoTime(), done, total, unit, shown);
    }
  }

  @Override
  public synchronized void ended(Outcome outcome) {
    running.remove(outcome.point());
    tally.add(outcome.verdict());
    if (outcome.verdict() == Verdict.CACHED) {
      return;
    }
    String time = outcome.seconds() > 0 ? "  " + Elapsed.text(outcome.seconds()) : "";
    String why = outcome.message().isEmpty() ? "" : ": " + outcome.message();
    above.add(
        style.verdict(outcome.verdict(), "%-9s".formatted(outcome.verdict()))
            + " "
            + outcome.point().name()
            + time
            + why);
  }

  @Override
  public synchronized void notice(String line) {
    above.add(line);
    draw();
  }

  private synchronized void draw() {
    if (closed) {
      return;
    }
    if (frame++ % FRAMES_PER_SIZE == FRAMES_PER_SIZE - 1) {
      size = sizes.get();
    }
    StringBuilder text = rewound();
    long now = System.nanoTime();
    List<String> lines = new ArrayList<>();
    lines.add(style.bold(cut(summary(now))));
    int room = Math.max(1, size.height() - 3);
    int nameWidth = nameWidth();
    for (Map.Entry<Point, StageProgress> stage : running.entrySet()) {
      if (lines.size() > room) {
        break;
      }
      lines.add(stageLine(stage.getKey().name(), stage.getValue(), nameWidth, now));
    }
    for (String line : lines) {
      text.append(line).append(CLEAR_LINE).append('\n');
    }
    drawn = lines.size();
    out.print(text.append(CLEAR_BELOW));
    out.flush();
  }

  /** Back to the first line of the last frame, with what ended since printed over it. */
  private StringBuilder rewound() {
    StringBuilder text = new StringBuilder("\r");
    if (drawn > 0) {
      text.append("\033[").append(drawn).append('A');
    }
    above.forEach(line -> text.append(line).append(CLEAR_LINE).append('\n'));
    above.clear();
    return text;
  }

  private String summary(long now) {
    String elapsed = Elapsed.clock((now - startNanos) / 1_000_000_000);
    String counts = tally.ended() == 0 ? "" : " (" + tally + ")";
    return "%s  %s  %d of %d stages%s".formatted(title, elapsed, tally.ended(), points, counts);
  }

  private int nameWidth() {
    int longest = running.keySet().stream().mapToInt(p -> p.name().length()).max().orElse(0);
    return Math.min(longest, Math.max(12, size.width() / 3));
  }

  private String stageLine(String name, StageProgress progress, int nameWidth, long now) {
    String shortened = name.length() > nameWidth ? name.substring(0, nameWidth - 1) + "…" : name;
    String label = "  " + shortened + " ".repeat(nameWidth - shortened.length()) + "  ";
    int barWidth = Math.min(24, size.width() / 5);
    if (!progress.hasTotal() || barWidth < 6) {
      return cut(label + progress.text(now));
    }
    String rest = "  " + progress.text(now);
    int left = size.width() - 1 - label.length() - barWidth;
    String tail = left <= 0 ? "" : rest.substring(0, Math.min(rest.length(), left));
    return cut(label) + style.bar(progress.fraction(), barWidth) + tail;
  }

  private String cut(String line) {
    return line.length() < size.width() ? line : line.substring(0, Math.max(0, size.width() - 1));
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    frames.shutdown();
    StringBuilder text = rewound();
    text.append(CLEAR_BELOW).append(cut(summary(System.nanoTime()))).append('\n');
    out.print(text.append(SHOW_CURSOR));
    out.flush();
    closed = true;
    try {
      Runtime.getRuntime().removeShutdownHook(restore);
    } catch (IllegalStateException e) {
      // already shutting down: the hook has run or will
    }
  }
}
