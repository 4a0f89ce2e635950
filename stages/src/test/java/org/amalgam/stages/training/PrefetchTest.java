package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class PrefetchTest {
  @Test
  void stepsComeInOrderFromTheFirstOne() throws Exception {
    List<Integer> taken = new ArrayList<>();
    try (Prefetch<Integer> steps = new Prefetch<>(step -> 10 * step, 3, 7, 2)) {
      for (int step = 3; step < 7; step++) {
        taken.add(steps.take());
      }
    }

    assertThat(taken).containsExactly(30, 40, 50, 60);
  }

  @Test
  void noMoreIsPreparedThanAsked() throws Exception {
    List<Integer> prepared = new ArrayList<>();
    Semaphore began = new Semaphore(0);
    try (Prefetch<Integer> steps =
        new Prefetch<>(
            step -> {
              prepared.add(step);
              began.release();
              return step;
            },
            0,
            100,
            2)) {
      began.acquire(2);
      steps.take();
      began.acquire(1);
    }

    assertThat(prepared).containsExactly(0, 1, 2);
  }

  @Test
  void oneDaemonPreparesAllAndIsGoneAfterwards() throws Exception {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    try (Prefetch<Boolean> steps =
        new Prefetch<>(step -> threads.add(Thread.currentThread()), 0, 20, 2)) {
      for (int step = 0; step < 20; step++) {
        steps.take();
      }
    }

    assertThat(threads).hasSize(1).allMatch(Thread::isDaemon);
    Thread thread = threads.iterator().next();
    thread.join();
    assertThat(thread.isAlive()).isFalse();
  }

  @Test
  void anErrorComesOutAtItsStep() throws Exception {
    try (Prefetch<Integer> steps =
        new Prefetch<>(
            step -> {
              if (step == 1) {
                throw new IndexOutOfBoundsException("image 9 of 3");
              }
              return step;
            },
            0,
            5,
            2)) {
      assertThat(steps.take()).isZero();
      assertThatThrownBy(steps::take)
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("image 9 of 3");
    }
  }

  @Test
  void closingWaitsForWhatIsBegunAndDropsTheRest() throws Exception {
    List<Integer> finished = new ArrayList<>();
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Prefetch<Integer> steps =
        new Prefetch<>(
            step -> {
              began.countDown();
              await(goOn);
              finished.add(step);
              return step;
            },
            0,
            5,
            2);
    began.await();
    Thread closing = new Thread(steps::close);
    closing.start();
    goOn.countDown();
    closing.join();

    assertThat(finished).first().isEqualTo(0);
    int atTheEnd = finished.size();
    steps.close();
    assertThat(finished).hasSize(atTheEnd);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
