package org.amalgam.runner.report;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.RunListener;
import org.amalgam.runner.schedule.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What has happened so far, a JSON line an event, for those who look while a run goes on and for
 * the time after it was cut off. The run's end replaces it by {@code run.json}.
 */
final class RunJournal implements RunListener, AutoCloseable {
  /** The file's name in a run's folder. */
  static final String FILE = "journal.jsonl";

  private final BufferedWriter writer;
  private boolean full;

  RunJournal(Path folder) throws IOException {
    writer = Files.newBufferedWriter(folder.resolve(FILE));
  }

  @Override
  public synchronized void started(Point point, StageKey key) {
    Map<String, @Nullable Object> line = line("started", point);
    line.put("key", key.digest().hex());
    write(line, true);
  }

  @Override
  public synchronized void ended(Outcome outcome) {
    Map<String, @Nullable Object> line = line("ended", outcome.point());
    Digest artifact = outcome.artifact();
    StageKey key = outcome.key();
    line.put("verdict", outcome.verdict().toString());
    line.put("key", key == null ? null : key.digest().hex());
    line.put("artifact", artifact == null ? null : artifact.hex());
    line.put("seconds", outcome.seconds());
    line.put("message", outcome.message());
    // What is cached comes in crowds, and the next run finds it again.
    write(line, outcome.verdict() != Verdict.CACHED);
  }

  private static Map<String, @Nullable Object> line(String event, Point point) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put("at", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
    line.put("event", event);
    line.put("point", point.name());
    line.put("uses", point.type().name());
    return line;
  }

  private void write(Map<String, @Nullable Object> line, boolean now) {
    if (full) {
      return;
    }
    try {
      writer.write(CanonicalJson.write(line));
      writer.write('\n');
      if (now) {
        writer.flush();
      }
    } catch (IOException e) {
      // A full disk must not end a run whose store may be on another one.
      full = true;
    }
  }

  @Override
  public synchronized void close() {
    try {
      writer.close();
    } catch (IOException e) {
      full = true;
    }
  }
}
