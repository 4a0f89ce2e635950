package org.amalgam.runner.executor;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.runner.executor.JobResult.Ending;

/** One job at one worker, as the runner sees it. */
final class WorkerJob {
  private static final long POLL_MILLIS = 500;

  /** What {@code -XX:+ExitOnOutOfMemoryError} exits with. */
  private static final int OUT_OF_MEMORY = 3;

  private static final int SIGNALLED = 128;
  private static final int SIGABRT = 6;
  private static final int SIGKILL = 9;
  private static final int SIGSEGV = 11;

  private final Worker worker;
  private final JobFolder folder;
  private final Job job;
  private final Share share;
  private final Duration grace;

  WorkerJob(Worker worker, JobFolder folder, Job job, Share share, Duration grace) {
    this.worker = worker;
    this.folder = folder;
    this.job = job;
    this.share = share;
    this.grace = grace;
  }

  /** Returns when the job has ended, or the worker has. */
  @SuppressWarnings("try") // The watch is there for what is done meanwhile.
  JobResult run(Progress progress, Cancellation stop) throws IOException, InterruptedException {
    worker.send(Messages.run(folder.jobFile().toString()));
    try (Cancellation.Watch watch = stop.onRequest(worker::wake)) {
      long deadline = 0;
      while (true) {
        String line = worker.next(POLL_MILLIS);
        if (line.equals(Messages.ENDED)) {
          return folder.result(job).orElseGet(() -> silent("says that it ended"));
        }
        if (line.equals(Worker.GONE)) {
          return dead();
        }
        Messages.at(line)
            .ifPresent(at -> progress.at(at.done(), at.total(), at.unit(), at.shown()));
        if (stop.requested() && deadline == 0) {
          worker.send(Messages.CANCEL);
          deadline = System.nanoTime() + grace.toNanos();
        }
        if (deadline != 0 && System.nanoTime() - deadline > 0) {
          worker.end();
          return JobResult.of(
              Ending.CANCELLED, "did not stop within " + grace.toSeconds() + " s; killed");
        }
        Optional<JobResult> excess = excess();
        if (excess.isPresent()) {
          return excess.get();
        }
      }
    }
  }

  private JobResult silent(String but) {
    return JobResult.of(Ending.INFRASTRUCTURE, worker.name() + " " + but + ", but left no result");
  }

  private Optional<JobResult> excess() throws InterruptedException {
    if (!share.enforced()) {
      return Optional.empty();
    }
    long used = worker.residentBytes();
    if (used <= share.memoryBytes()) {
      return Optional.empty();
    }
    worker.end();
    return Optional.of(
        JobResult.of(
            Ending.RESOURCE,
            "used %s of the %s of memory that it was given"
                .formatted(gib(used), gib(share.memoryBytes()))));
  }

  private JobResult dead() throws IOException, InterruptedException {
    int code = worker.end();
    Optional<JobResult> result = folder.result(job);
    if (result.isPresent()) {
      return result.get();
    }
    try (StageLog log = StageLog.open(job.log())) {
      log.line(worker.name() + " died: exit code " + code);
      worker.lastWords().forEach(line -> log.line("  " + line));
    }
    if (code == OUT_OF_MEMORY) {
      return JobResult.of(
          Ending.RESOURCE, "out of memory (a Java heap of " + gib(share.heapBytes()) + ")");
    }
    return JobResult.of(Ending.INFRASTRUCTURE, worker.name() + " died: " + reason(code));
  }

  private static String reason(int code) {
    return switch (code - SIGNALLED) {
      case SIGKILL -> "killed (by hand, or by the system for want of memory)";
      case SIGABRT -> "native code aborted (its last words are in the log)";
      case SIGSEGV -> "native code crashed (its last words are in the log)";
      default -> "exit code " + code + " (its last words are in the log)";
    };
  }

  static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }
}
