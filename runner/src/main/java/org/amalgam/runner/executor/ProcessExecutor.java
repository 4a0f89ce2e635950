package org.amalgam.runner.executor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.StoreException;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.runner.executor.JobResult.Ending;
import org.jspecify.annotations.Nullable;

/**
 * Computes in child processes, one a slot. A worker computes one job after the other, so that the
 * engine starts once a slot and not once a stage; one of other memory, devices or threads takes its
 * place when a job needs them. What happens to a worker happens to its job only.
 */
public final class ProcessExecutor implements Executor {
  private final String main;
  private final ArtifactStore store;
  private final int slots;
  private final Duration grace;
  private final Set<Worker> all = new LinkedHashSet<>();
  private final Deque<Worker> idle = new ArrayDeque<>();

  /**
   * @param main the class with the program's entry
   * @param slots workers that are kept
   * @param grace what a job that is told to stop gets until its worker is killed
   */
  public ProcessExecutor(String main, ArtifactStore store, int slots, Duration grace) {
    this.main = main;
    this.store = store;
    this.slots = slots;
    this.grace = grace;
  }

  @Override
  public JobResult run(Job job, Share share, Progress progress, Cancellation stop)
      throws InterruptedException {
    @Nullable Path directory = null;
    try {
      directory = store.workspace();
      JobFolder folder = new JobFolder(directory);
      folder.write(job);
      return run(take(Worker.Shape.of(job, share)), folder, job, share, progress, stop);
    } catch (IOException | StoreException e) {
      return JobResult.of(Ending.INFRASTRUCTURE, "cannot pass the job to a worker: " + e);
    } finally {
      if (directory != null) {
        discard(directory);
      }
    }
  }

  private JobResult run(
      Worker worker, JobFolder folder, Job job, Share share, Progress progress, Cancellation stop)
      throws IOException, InterruptedException {
    boolean ended = false;
    try {
      JobResult result = new WorkerJob(worker, folder, job, share, grace).run(progress, stop);
      ended = true;
      return result;
    } finally {
      if (!ended) {
        // It may still be at it, and must not get another job.
        worker.end();
      }
      giveBack(worker);
    }
  }

  private void discard(Path directory) {
    try {
      store.discard(directory);
    } catch (StoreException e) {
      // in the way of nobody: it goes with this process's other temporary files
      return;
    }
  }

  private Worker take(Worker.Shape shape) throws IOException, InterruptedException {
    List<Worker> unfit = new ArrayList<>();
    synchronized (this) {
      List<Worker> dead = idle.stream().filter(worker -> !worker.isAlive()).toList();
      idle.removeAll(dead);
      all.removeAll(dead);
      Optional<Worker> fit = idle.stream().filter(w -> w.shape().equals(shape)).findFirst();
      if (fit.isPresent()) {
        idle.remove(fit.get());
        return fit.get();
      }
      while (all.size() >= slots && !idle.isEmpty()) {
        Worker oldest = idle.removeFirst();
        all.remove(oldest);
        unfit.add(oldest);
      }
    }
    for (Worker worker : unfit) {
      worker.dismiss();
      discard(worker.folder());
    }
    Worker worker = new Worker(main, shape, store.workspace());
    synchronized (this) {
      all.add(worker);
    }
    return worker;
  }

  private void giveBack(Worker worker) {
    synchronized (this) {
      if (worker.isAlive()) {
        idle.addLast(worker);
        return;
      }
      all.remove(worker);
    }
    discard(worker.folder());
  }

  @Override
  public boolean separatesJobs() {
    return true;
  }

  @Override
  public synchronized void kill() {
    for (Worker worker : all) {
      try {
        worker.end();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public synchronized void close() {
    for (Worker worker : idle) {
      try {
        worker.dismiss();
        discard(worker.folder());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    idle.clear();
  }
}
