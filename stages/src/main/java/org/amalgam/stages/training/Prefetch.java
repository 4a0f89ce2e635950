package org.amalgam.stages.training;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Prepares what the next steps read while the present one computes: in order, by one thread, never
 * more than {@code ahead} steps beyond the one that was taken last. For one caller.
 *
 * @param <P> what a step reads
 */
final class Prefetch<P> implements AutoCloseable {
  private final IntFunction<P> prepare;
  private final int end;
  private final Queue<Future<P>> coming = new ArrayDeque<>();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread daemon = new Thread(task, "prefetch");
            daemon.setDaemon(true);
            return daemon;
          });
  private int next;

  /**
   * Begins at once.
   *
   * @param prepare what a step reads, by the step alone
   * @param from the first step
   * @param end after the last step
   * @param ahead at least 1
   */
  Prefetch(IntFunction<P> prepare, int from, int end, int ahead) {
    this.prepare = prepare;
    this.end = end;
    this.next = from;
    for (int i = 0; i < ahead; i++) {
      begin();
    }
  }

  private void begin() {
    if (next < end) {
      int step = next;
      coming.add(thread.submit(() -> prepare.apply(step)));
      next++;
    }
  }

  /**
   * What the next step reads; waits for it where it is not ready.
   *
   * @throws RuntimeException or an error if preparing it failed: the same one
   */
  P take() throws InterruptedException {
    Future<P> first = coming.remove();
    begin();
    try {
      return first.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      if (e.getCause() instanceof RuntimeException exception) {
        throw exception;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /**
   * Forgets what is not begun and waits for what is: it may read a file that is closed next. Never
   * interrupts the thread, since an interrupt would close the channel that it reads from.
   */
  @Override
  public void close() {
    coming.forEach(each -> each.cancel(false));
    thread.shutdown();
    boolean interrupted = false;
    while (!thread.isTerminated()) {
      try {
        thread.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
