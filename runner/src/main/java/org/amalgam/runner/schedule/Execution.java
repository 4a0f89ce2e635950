package org.amalgam.runner.schedule;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.Lease;
import org.amalgam.artifacts.Origin;
import org.amalgam.artifacts.StoreException;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.runner.executor.Cancellation;
import org.amalgam.runner.executor.Executor;
import org.amalgam.runner.executor.Job;
import org.amalgam.runner.executor.JobResult;
import org.amalgam.runner.executor.JobResult.Ending;
import org.amalgam.runner.executor.Share;
import org.amalgam.runner.executor.StageLog;
import org.amalgam.runner.schedule.Outcome.Cause;
import org.jspecify.annotations.Nullable;

/** One attempt at a point: lease, look again, verify the inputs, have it run, check, publish. */
final class Execution {
  /**
   * What all attempts of a run share.
   *
   * @param clock for time limits
   */
  record InRun(
      ArtifactStore store,
      Plan plan,
      Executor executor,
      RunListener listener,
      Cancellation stop,
      ScheduledExecutorService clock) {}

  /**
   * How an attempt ended.
   *
   * @param ending tells whether another attempt may end better
   */
  record Attempted(Outcome outcome, Ending ending) {
    /** Tells where what was computed here is not what came from elsewhere under the same key. */
    Attempted than(Optional<KeyEntry> foreign, Optional<Origin> origin) {
      Digest artifact = outcome.artifact();
      if (artifact == null || foreign.isEmpty() || foreign.get().artifact().equals(artifact)) {
        return this;
      }
      String difference =
          "computed here it is %s, but what came from %s is %s"
              .formatted(
                  artifact.abbreviated(),
                  origin.map(Origin::from).orElse("elsewhere"),
                  foreign.get().artifact().abbreviated());
      return new Attempted(outcome.with(difference), ending);
    }
  }

  private final InRun run;
  private final Point point;
  private final StageKey key;
  private final int attempt;
  private final Share share;
  private final Map<Point, Digest> inputs = new LinkedHashMap<>();
  private boolean waiting;

  /**
   * @param attempt from 1
   * @param artifacts at least those of the inputs
   */
  Execution(
      InRun run,
      Point point,
      StageKey key,
      int attempt,
      Share share,
      Map<Point, Digest> artifacts) {
    this.run = run;
    this.point = point;
    this.key = key;
    this.attempt = attempt;
    this.share = share;
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

  /** Runs in a new thread; the end is handed over there. */
  void start(Consumer<Attempted> done) {
    Thread thread = new Thread(() -> done.accept(attempt()), "attempt at " + point.name());
    thread.setDaemon(true);
    thread.start();
  }

  @SuppressWarnings("try") // The watch is there for what is done meanwhile.
  private Attempted attempt() {
    Instant started = Instant.now();
    Thread thread = Thread.currentThread();
    try (Cancellation.Watch watch = run.stop().onRequest(() -> interruptWaiting(thread))) {
      Path file = run.store().log(key.digest());
      try (StageLog log = StageLog.open(file)) {
        return leased(log, file, started);
      } catch (IOException e) {
        return failed("cannot write the log " + file + ": " + e, Cause.STORE, null, started);
      }
    } catch (RuntimeException e) {
      return failed(String.valueOf(e.getMessage()), Cause.STORE, null, started);
    }
  }

  @SuppressWarnings("try") // The lease is held for what is done meanwhile.
  private Attempted leased(StageLog log, Path file, Instant started) {
    log.line(
        "start %s (%s) key %s%s"
            .formatted(
                point.name(),
                point.type().name(),
                key.digest(),
                attempt == 1 ? "" : ", attempt " + attempt));
    try (Lease lease = lease(log)) {
      ArtifactStore store = run.store();
      Optional<KeyEntry> entry = store.obtain(key.digest());
      if (entry.isPresent()) {
        log.line(
            store.origin(key.digest()).map(Origin::from).orElse("another run of this store")
                + " has it");
        Outcome cached = Outcome.cached(point, key, entry.get().artifact());
        return new Attempted(cached, Ending.DONE);
      }
      Optional<KeyEntry> foreign = store.foreign(key.digest());
      Optional<Origin> origin = store.origin(key.digest());
      Attempted attempted = compute(log, file, started);
      Outcome outcome = attempted.outcome();
      log.line(
          outcome.artifact() != null
              ? "published " + outcome.artifact()
              : outcome.verdict() + ": " + outcome.message());
      return attempted.than(foreign, origin);
    } catch (StoreException e) {
      log.line("store: " + e.getMessage());
      log.stackTrace(e);
      return failed(String.valueOf(e.getMessage()), Cause.STORE, file, started);
    } catch (InterruptedException e) {
      log.line("cancelled");
      return cancelled(file, started);
    } catch (Throwable e) {
      log.stackTrace(e);
      return failed("unexpected " + e + " (stack trace in the log)", Cause.STAGE, file, started);
    }
  }

  private Attempted failed(String message, Cause cause, @Nullable Path log, Instant started) {
    return failed(Ending.USER, message, cause, log, started);
  }

  private Attempted failed(
      Ending ending, String message, Cause cause, @Nullable Path log, Instant started) {
    Outcome outcome =
        new Outcome(
            point, Verdict.FAILED, key, null, seconds(started), attempt, cause, message, log);
    return new Attempted(outcome, ending);
  }

  private Attempted cancelled(Path log, Instant started) {
    return new Attempted(
        Outcome.cancelled(point, key, seconds(started), attempt, log), Ending.CANCELLED);
  }

  private Attempted compute(StageLog log, Path file, Instant started)
      throws IOException, InterruptedException {
    Map<String, List<Input>> ports = new LinkedHashMap<>();
    for (Map.Entry<String, List<Point>> port : point.inputs().entrySet()) {
      List<Input> verified = new ArrayList<>();
      for (Point from : port.getValue()) {
        Digest artifact = digest(from);
        verified.add(new Input(from.type().produces(), artifact, run.store().verified(artifact)));
      }
      ports.put(port.getKey(), verified);
    }
    Path output = run.store().workspace();
    try {
      Job job =
          new Job(
              point.name(),
              point.type().name(),
              point.allSettings(),
              ports,
              point.seed(),
              point.environment(),
              key.digest(),
              attempt,
              run.store().root(),
              output,
              run.store().scratch(key.digest()),
              file);
      return computed(job, log, started);
    } finally {
      deleteRemains(output, log);
    }
  }

  private Digest digest(Point input) {
    Digest digest = inputs.get(input);
    if (digest == null) {
      throw new IllegalStateException(input.name() + " is no input of " + point.name());
    }
    return digest;
  }

  private Attempted computed(Job job, StageLog log, Instant started)
      throws IOException, InterruptedException {
    AtomicBoolean late = new AtomicBoolean();
    JobResult result = timed(job, late);
    Path file = job.log();
    if (result.ending() == Ending.CANCELLED && late.get() && !run.stop().requested()) {
      String limit = point.timeout().orElseThrow().toString();
      return failed(
          "took longer than its timeout of %s (%s); raise it, or run again to go on from its last"
                  .formatted(
                      limit.substring("PT".length()).toLowerCase(Locale.ROOT), result.message())
              + " checkpoint",
          Cause.STAGE,
          file,
          started);
    }
    switch (result.ending()) {
      case DONE -> {
        Optional<String> refused = refused(job.output());
        if (refused.isPresent()) {
          return failed(refused.get(), Cause.STAGE, file, started);
        }
        Optional<String> changed = changedExternals();
        if (changed.isPresent()) {
          return failed(changed.get(), Cause.DATA, file, started);
        }
        Digest artifact = publish(job.output(), started, result.cpuSeconds());
        Outcome outcome =
            new Outcome(
                point, Verdict.RAN, key, artifact, seconds(started), attempt, Cause.NONE, "", file);
        return new Attempted(outcome, Ending.DONE);
      }
      case CANCELLED -> {
        log.line(result.message());
        return cancelled(file, started);
      }
      default -> {
        return failed(result.ending(), result.message(), Cause.STAGE, file, started);
      }
    }
  }

  /** Runs the job, and asks it to stop when its time is over. */
  @SuppressWarnings("try") // The watch is there for what is done meanwhile.
  private JobResult timed(Job job, AtomicBoolean late) throws InterruptedException {
    Cancellation stop = new Cancellation();
    Optional<ScheduledFuture<?>> limit =
        point
            .timeout()
            .map(
                timeout ->
                    run.clock()
                        .schedule(
                            () -> {
                              late.set(true);
                              stop.request();
                            },
                            timeout.toMillis(),
                            TimeUnit.MILLISECONDS));
    try (Cancellation.Watch watch = run.stop().onRequest(stop::request)) {
      return run.executor()
          .run(
              job,
              share,
              (done, total, unit, shown) ->
                  run.listener().advanced(point, done, total, unit, shown),
              stop);
    } finally {
      limit.ifPresent(timer -> timer.cancel(false));
    }
  }

  private Digest publish(Path output, Instant started, double cpuSeconds) throws IOException {
    return run.store()
        .publish(
            key.digest(),
            key.parts(),
            output,
            new RunProvenance(run.plan().recipe(), point, key, portDigests())
                .of(started, seconds(started), cpuSeconds))
        .artifact();
  }

  /** A failed or cancelled attempt leaves nothing; after publishing there is nothing left. */
  private static void deleteRemains(Path output, StageLog log) {
    if (!Files.isDirectory(output)) {
      return;
    }
    try {
      MoreFiles.deleteRecursively(output, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      // A stage that was left behind still writes there; it goes with this process's other
      // temporary files, and how the attempt ended matters more.
      log.line("not yet deleted: " + output);
    }
  }

  /** What changed while the stage read it may be in the result in part, under no key at all. */
  private Optional<String> changedExternals() throws IOException {
    if (!(key.parts().get("externals") instanceof List<?> before) || before.isEmpty()) {
      return Optional.empty();
    }
    List<Path> missing = point.missingExternals();
    List<Path> changed = missing.isEmpty() ? point.changedExternals(before) : missing;
    return changed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            changed.stream().map(Path::toString).collect(Collectors.joining(", "))
                + " changed while the stage read it, so its result is not kept; run again when"
                + " nobody writes to it any more");
  }

  /** Why what a stage made is not published, although it says that it is done. */
  private Optional<String> refused(Path output) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(output)) {
      if (!files.iterator().hasNext()) {
        return Optional.of(
            "stage type "
                + point.type().name()
                + " wrote no file: an artifact cannot be empty; this is a bug of the stage type");
      }
    }
    return Optional.empty();
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
  private Lease lease(StageLog log) throws InterruptedException {
    synchronized (this) {
      if (run.stop().requested()) {
        throw new InterruptedException();
      }
      waiting = true;
    }
    try {
      return run.store()
          .lease(
              key.digest(),
              holder -> {
                log.line("waits for " + holder);
                run.listener().waiting(point, holder);
              });
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
