package org.amalgam.runner.executor;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.runner.executor.JobResult.Ending;

/**
 * Computes in this process, in a thread for each job. Nothing to start and nothing to pass, but
 * what one stage does to the process it does to all: one memory, one engine, one fate.
 */
public final class LocalExecutor implements Executor {
  private final Computation computation;
  private final Duration grace;

  /**
   * @param grace what a job that is told to stop gets until it is left behind
   */
  public LocalExecutor(StageCatalog catalog, ArtifactStore store, Duration grace) {
    this.computation = new Computation(catalog, store);
    this.grace = grace;
  }

  @Override
  @SuppressWarnings("try") // The watch is there for what is done meanwhile.
  public JobResult run(Job job, Share share, Progress progress, Cancellation stop)
      throws InterruptedException {
    // What another process would read, so that the bits cannot depend on where a stage runs.
    Job read = Job.parse(job.text());
    CountDownLatch endedOrStopping = new CountDownLatch(1);
    FutureTask<JobResult> task =
        new FutureTask<>(() -> computation.run(read, progress, stop)) {
          @Override
          protected void done() {
            endedOrStopping.countDown();
          }
        };
    Thread thread = new Thread(task, "stage " + job.point());
    thread.setDaemon(true);
    try (Cancellation.Watch watch = stop.onRequest(endedOrStopping::countDown)) {
      thread.start();
      endedOrStopping.await();
      return task.get(grace.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a computation never throws", e);
    } catch (TimeoutException e) {
      return JobResult.of(Ending.CANCELLED, "does not stop; it is left behind");
    }
  }

  @Override
  public boolean separatesJobs() {
    return false;
  }

  @Override
  public void kill() {
    ProcessTree.endDescendants(ProcessHandle.current());
  }

  @Override
  public void close() {}
}
