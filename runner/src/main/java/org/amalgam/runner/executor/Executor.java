package org.amalgam.runner.executor;

import org.amalgam.pipelines.stage.Progress;

/** Runs jobs, several at a time: each call has a thread of its own. */
public interface Executor extends AutoCloseable {
  /**
   * Runs a job to its end.
   *
   * @param progress is told how far it is; throws nothing
   * @param stop once requested, the job is asked to stop and left to itself for the grace; this
   *     method then returns soon, whatever the job does
   * @return how it ended; failures of all kinds are results
   */
  JobResult run(Job job, Share share, Progress progress, Cancellation stop)
      throws InterruptedException;

  /** Whether each job has a process of its own, with a memory and devices of its own. */
  boolean separatesJobs();

  /** Ends everything that still runs, at once, with all processes that it started. */
  void kill();

  /** Ends what waits for further jobs. */
  @Override
  void close();
}
