package org.amalgam.runner.schedule;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.Lease;
import org.amalgam.artifacts.StoreException;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageCancelled;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.runner.schedule.Outcome.Cause;
import org.jspecify.annotations.Nullable;

/** One attempt at a point: lease, look again, verify the inputs, run, check, publish. */
final class Execution {
  private final ArtifactStore store;
  private final Plan plan;
  private final Point point;
  private final StageKey key;
  private final Map<Point, Digest> inputs = new LinkedHashMap<>();
  private final RunListener listener;
  private final Cancellation stop;
  private boolean waiting;

  Execution(
      ArtifactStore store,
      Plan plan,
      Point point,
      StageKey key,
      Map<Point, Digest> artifacts,
      RunListener listener,
      Cancellation stop) {
    this.store = store;
    this.plan = plan;
    this.point = point;
    this.key = key;
    this.listener = listener;
    this.stop = stop;
    for (List<Point> port : point.inputs().values()) {
      for (Point input : port) {
        Digest artifact = artifacts.get(input);
        if (artifact == null) {
          throw new IllegalStateException(input.name() + " has no artifact yet");
        }
        inputs.put(input, artifact);
      }
    }
  }

  /** Runs in a new thread; the outcome is handed over there. */
  void start(Consumer<Outcome> done) {
    Thread thread = new Thread(() -> done.accept(attempt()), "stage " + point.name());
    thread.setDaemon(true);
    stop.onRequest(() -> interruptWaiting(thread));
    thread.start();
  }

  private Outcome attempt() {
    Instant started = Instant.now();
    Path file = store.log(key.digest());
    try (StageLog log = StageLog.open(file)) {
      return leased(log, file, started);
    } catch (IOException | RuntimeException e) {
      return failed("cannot write the log " + file + ": " + e, Cause.STORE, null, started);
    }
  }

  private Outcome leased(StageLog log, Path file, Instant started) {
    log.line("start " + point.name() + " (" + point.type().name() + ") key " + key.digest());
    try (Lease lease = lease()) {
      Optional<KeyEntry> entry = store.find(key.digest());
      if (entry.isPresent()) {
        log.line("another run made it");
        return Outcome.cached(point, key, entry.get().artifact());
      }
      Digest artifact = compute(log, started);
      log.line("published " + artifact);
      return new Outcome(point, Verdict.RAN, key, artifact, seconds(started), Cause.NONE, "", file);
    } catch (StageFailure e) {
      log.line("failed: " + e.getMessage());
      return failed(String.valueOf(e.getMessage()), Cause.STAGE, file, started);
    } catch (StoreException e) {
      log.line("store: " + e.getMessage());
      log.stackTrace(e);
      return failed(String.valueOf(e.getMessage()), Cause.STORE, file, started);
    } catch (Throwable e) {
      if (stop.requested() && isCancellation(e)) {
        log.line("cancelled");
        return Outcome.cancelled(point, key, Math.max(seconds(started), 1e-3), file);
      }
      log.stackTrace(e);
      return failed("unexpected " + e + " (stack trace in the log)", Cause.STAGE, file, started);
    }
  }

  private Outcome failed(String message, Cause cause, @Nullable Path log, Instant started) {
    return new Outcome(point, Verdict.FAILED, key, null, seconds(started), cause, message, log);
  }

  private static boolean isCancellation(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof StageCancelled || t instanceof InterruptedException) {
        return true;
      }
    }
    return false;
  }

  private Digest compute(StageLog log, Instant started) throws Exception {
    Map<Point, Input> verified = new LinkedHashMap<>();
    for (Map.Entry<Point, Digest> input : inputs.entrySet()) {
      Point from = input.getKey();
      Path directory = store.verified(input.getValue());
      verified.put(from, new Input(from.type().produces(), input.getValue(), directory));
    }
    Path output = store.workspace();
    try {
      return computeInto(output, verified, log, started);
    } finally {
      deleteRemains(output);
    }
  }

  private Digest computeInto(Path output, Map<Point, Input> verified, StageLog log, Instant started)
      throws Exception {
    long cpu = Machine.threadCpuNanos();
    RunningStage context =
        new RunningStage(output, store.scratch(key.digest()), point, log, listener, stop);
    point.run(verified, context);
    double cpuSeconds = cpu < 0 ? -1 : (Machine.threadCpuNanos() - cpu) / 1e9;
    checkOutput(output);
    return store
        .publish(
            key.digest(),
            key.parts(),
            output,
            new RunProvenance(plan.recipe(), point, key, portDigests())
                .of(started, seconds(started), cpuSeconds))
        .artifact();
  }

  /** A failed or cancelled attempt leaves nothing; after publishing there is nothing left. */
  private static void deleteRemains(Path output) throws IOException {
    if (Files.isDirectory(output)) {
      MoreFiles.deleteRecursively(output, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private void checkOutput(Path output) throws IOException, StageFailure {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(output)) {
      if (!files.iterator().hasNext()) {
        throw new StageFailure(
            "stage type "
                + point.type().name()
                + " wrote no file: an artifact cannot be empty; this is a bug of the stage type");
      }
    }
  }

  private Map<String, String> portDigests() {
    Map<String, String> digests = new TreeMap<>();
    point
        .inputs()
        .forEach(
            (port, points) -> {
              for (int i = 0; i < points.size(); i++) {
                String name = points.size() == 1 ? port : port + "[" + i + "]";
                digests.put(name, String.valueOf(inputs.get(points.get(i))));
              }
            });
    return digests;
  }

  private static double seconds(Instant started) {
    return Duration.between(started, Instant.now()).toNanos() / 1e9;
  }

  /**
   * Waits for the lease. Only this wait is interrupted on cancellation: an interrupt inside a stage
   * would close whatever channel it reads and look like an input error.
   */
  private Lease lease() throws InterruptedException {
    synchronized (this) {
      if (stop.requested()) {
        throw new InterruptedException();
      }
      waiting = true;
    }
    try {
      return store.lease(key.digest());
    } finally {
      synchronized (this) {
        waiting = false;
        Thread.interrupted();
      }
    }
  }

  private synchronized void interruptWaiting(Thread thread) {
    if (waiting) {
      thread.interrupt();
    }
  }
}
