package org.amalgam.stages.merging.streaming;

import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToLongFunction;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.jspecify.annotations.Nullable;

/**
 * Threads that share a bounded amount of heap: a task starts in its turn and only once what it
 * needs is free. What tasks make must not depend on which of them ran before.
 *
 * @param threads at least 1
 * @param memory heap for all running tasks together, in bytes
 */
public record Workers(int threads, long memory) {
  /** The bound that holds where none is chosen: 1 GiB. */
  public static final long DEFAULT_MEMORY = 1L << 30;

  /** What is done in parallel. */
  public interface Action<T> {
    void run(T task) throws IOException, StageFailure;
  }

  private record Done(int index, @Nullable Throwable problem) {}

  /** With as much of the wish as the virtual machine's heap allows. */
  public static Workers of(int threads, long memory) {
    return new Workers(
        threads, Math.max(1, Math.min(memory, Runtime.getRuntime().maxMemory() / 10 * 7)));
  }

  /**
   * Runs all tasks and tells the progress from the calling thread. After a failure no task is
   * started; the failure of the first failed task in the list's order is thrown.
   *
   * @param needs heap of a task, in bytes
   * @throws StageFailure if one fails, or one alone needs more than there is
   */
  public <T> void run(
      List<T> tasks, ToLongFunction<T> needs, Action<T> action, Progress progress, String unit)
      throws IOException, StageFailure, InterruptedException {
    long most = tasks.stream().mapToLong(needs).max().orElse(0);
    if (most > memory) {
      throw new StageFailure(
          "one %s needs %d MiB of memory at once, but %d MiB are allowed; raise the memory setting, and -Xmx with it"
              .formatted(unit, most + (1 << 20) - 1 >> 20, memory >> 20));
    }
    // Permits of 4 KiB; fair, so that a large task is not passed for ever by small ones.
    Semaphore free = new Semaphore(permits(memory), true);
    AtomicBoolean stop = new AtomicBoolean();
    BlockingQueue<Done> finished = new LinkedBlockingQueue<>();
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int i = 0; i < tasks.size(); i++) {
        int index = i;
        T task = tasks.get(i);
        int wanted = permits(needs.applyAsLong(task));
        pool.execute(() -> finished.add(attempt(index, task, wanted, free, stop, action)));
      }
      SortedMap<Integer, Throwable> problems = new TreeMap<>();
      for (int done = 1; done <= tasks.size(); done++) {
        Done one = finished.take();
        if (one.problem() != null) {
          problems.put(one.index(), one.problem());
        }
        progress.at(done, tasks.size(), unit);
      }
      if (!problems.isEmpty()) {
        rethrow(problems.get(problems.firstKey()));
      }
    } finally {
      stop.set(true);
      pool.shutdown();
      awaitEnd(pool);
    }
  }

  private static <T> Done attempt(
      int index, T task, int wanted, Semaphore free, AtomicBoolean stop, Action<T> action) {
    if (stop.get()) {
      return new Done(index, null);
    }
    free.acquireUninterruptibly(wanted);
    try {
      if (!stop.get()) {
        action.run(task);
      }
      return new Done(index, null);
    } catch (IOException | StageFailure | RuntimeException | Error problem) {
      stop.set(true);
      return new Done(index, problem);
    } finally {
      free.release(wanted);
    }
  }

  private static int permits(long bytes) {
    return (int) Math.min(Integer.MAX_VALUE, (bytes + 4095) >> 12);
  }

  /** Files must not be closed below a running task; a task is short. */
  private static void awaitEnd(ExecutorService pool) {
    boolean interrupted = false;
    while (true) {
      try {
        if (pool.awaitTermination(1, TimeUnit.DAYS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(@Nullable Throwable problem) throws IOException, StageFailure {
    if (problem instanceof IOException io) {
      throw io;
    }
    if (problem instanceof StageFailure failure) {
      throw failure;
    }
    if (problem instanceof Error error) {
      throw error;
    }
    if (problem instanceof RuntimeException bug) {
      throw bug;
    }
  }
}
