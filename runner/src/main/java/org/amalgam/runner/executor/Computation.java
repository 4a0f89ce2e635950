package org.amalgam.runner.executor;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import java.util.regex.Pattern;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Lease;
import org.amalgam.artifacts.StoreException;
import org.amalgam.pipelines.plan.DetachedStage;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageCancelled;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.runner.executor.JobResult.Ending;

/** Computes a job in the calling thread: the one place where a stage's code is entered. */
final class Computation {
  private static final Pattern DEVICE_MEMORY = Pattern.compile("(?i)cuda.*out of memory");
  private static final Pattern MEMORY =
      Pattern.compile("(?i)out of memory|not enough memory|can(no|')t allocate memory");
  private static final Pattern FULL =
      Pattern.compile("(?i)no space left|quota exceeded|not enough space");
  private static final Pattern FILE_SYSTEM =
      Pattern.compile(
          "(?i)input/output error|stale file handle|transport endpoint|remote i/o"
              + "|connection (timed out|reset)|host is down");

  private final StageCatalog catalog;
  private final ArtifactStore store;

  /**
   * @param store that of the jobs
   */
  Computation(StageCatalog catalog, ArtifactStore store) {
    this.catalog = catalog;
    this.store = store;
  }

  /** Whatever goes wrong becomes a result, and what is a bug has its stack trace in the log. */
  @SuppressWarnings("try") // The lease is held for what is done meanwhile.
  JobResult run(Job job, Progress progress, Cancellation stop) {
    long cpu = cpuNanos();
    try (StageLog log = StageLog.open(job.log())) {
      try (Lease fence = store.lease(job.fence())) {
        DetachedStage.of(catalog, job.point(), job.uses(), job.settings())
            .run(job.inputs(), new RunningStage(job, log, progress, stop));
        return new JobResult(Ending.DONE, "", cpu < 0 ? -1 : (cpuNanos() - cpu) / 1e9);
      } catch (Throwable e) {
        JobResult result = classified(e, stop);
        if (result.ending() != Ending.USER && result.ending() != Ending.CANCELLED) {
          log.stackTrace(e);
        }
        return result;
      }
    } catch (IOException e) {
      return JobResult.of(Ending.INFRASTRUCTURE, "cannot write the log " + job.log() + ": " + e);
    }
  }

  private static long cpuNanos() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads.isCurrentThreadCpuTimeSupported() ? threads.getCurrentThreadCpuTime() : -1;
  }

  private static JobResult classified(Throwable thrown, Cancellation stop) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (stop.requested() && (t instanceof StageCancelled || t instanceof InterruptedException)) {
        return JobResult.of(Ending.CANCELLED, "stopped");
      }
    }
    if (thrown instanceof StageFailure) {
      return JobResult.of(Ending.USER, String.valueOf(thrown.getMessage()));
    }
    if (thrown instanceof StoreException) {
      return JobResult.of(Ending.INFRASTRUCTURE, String.valueOf(thrown.getMessage()));
    }
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      String message = String.valueOf(t.getMessage());
      if (t instanceof IOException && FULL.matcher(message).find()) {
        return JobResult.of(
            Ending.USER, "no space left (" + firstLine(message) + "); free some, then run again");
      }
      if (DEVICE_MEMORY.matcher(message).find()) {
        return JobResult.of(
            Ending.USER,
            "the GPU has too little memory for it; make the batches smaller or take another GPU ("
                + firstLine(message)
                + ")");
      }
      if (t instanceof OutOfMemoryError || MEMORY.matcher(message).find()) {
        return JobResult.of(Ending.RESOURCE, "out of memory (" + firstLine(message) + ")");
      }
      if (t instanceof IOException
          && !(t instanceof FileNotFoundException)
          && FILE_SYSTEM.matcher(message).find()) {
        return JobResult.of(Ending.INFRASTRUCTURE, "a file system failed: " + firstLine(message));
      }
    }
    return JobResult.of(Ending.BUG, "unexpected " + thrown + " (stack trace in the log)");
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("").strip().toLowerCase(Locale.ROOT);
  }
}
