package org.amalgam.artifacts;

import static org.amalgam.artifacts.Examples.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@SuppressWarnings("try") // Leases are held for what is done meanwhile.
class LeaseTest {
  private final Path root;
  private final ArtifactStore store;

  LeaseTest(@TempDir Path directory) {
    this.store = ArtifactStore.open(directory.resolve("store"));
    this.root = store.root();
  }

  @Test
  void twoThreadsNeverHoldOneKeyAtATimeWhicheverOpenerTheyUse() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger turns = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      all.add(
          threads.submit(
              () -> {
                ArtifactStore opened = ArtifactStore.open(root);
                for (int turn = 0; turn < 5; turn++) {
                  try (Lease lease = opened.lease(key("a"))) {
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    Thread.sleep(1);
                    inside.decrementAndGet();
                    turns.incrementAndGet();
                  }
                }
                return null;
              }));
    }
    for (Future<?> one : all) {
      one.get();
    }
    threads.shutdown();
    assertThat(turns).hasValue(20);
  }

  @Test
  void keysDoNotWaitForEachOther() throws InterruptedException {
    try (Lease a = store.lease(key("a"));
        Lease b = store.lease(key("b"))) {
      assertThat(a).isNotSameAs(b);
    }
  }

  @Test
  void waitingCanBeInterrupted() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Lease held = store.lease(key("a"))) {
      Future<Lease> other =
          thread.submit(() -> store.lease(key("a"), holder -> waiting.countDown()));
      waiting.await();
      thread.shutdownNow();
      assertThatThrownBy(other::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void aWaiterIsToldTheHolderAndGetsTheLeaseWhenItsProcessIsKilled() throws Exception {
    LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (StoreProcess holder = StoreProcess.start("hold", root, "a")) {
      assertThat(holder.line()).isEqualTo("holding");

      Future<Lease> waiter = thread.submit(() -> store.lease(key("a"), told::add));
      assertThat(told.poll(20, TimeUnit.SECONDS))
          .startsWith("process " + holder.pid() + " on " + Host.NAME + ", since 20");
      assertThat(waiter.isDone()).isFalse();

      holder.kill();
      waiter.get(5, TimeUnit.SECONDS).close();
    }
    thread.shutdown();
    assertThat(told).isEmpty();
    assertThat(root.resolve("leases/held")).isEmptyDirectory();
  }

  @Test
  void openingTheStoreAgainInThisProcessGivesNoLeaseAway() throws Exception {
    try (Lease held = store.lease(key("a"));
        StoreProcess other = StoreProcess.start("hold", ArtifactStore.open(root).root(), "a")) {
      assertThat(other.line()).isEqualTo("waiting");
      // Closing any descriptor of the lock file would release the lock here.
      assertThat(ArtifactStore.open(root).verify()).isEmpty();
      Thread.sleep(300);
      held.close();
      held.close();
      assertThat(other.line()).isEqualTo("holding");
    }
  }

  @Test
  void anotherProcessDoesNotSweepTheWorkspacesOfThisOne() throws Exception {
    Path workspace = ArtifactStore.open(root).workspace();
    Files.writeString(workspace.resolve("half"), "done");

    try (StoreProcess other = StoreProcess.start("open", root, "")) {
      assertThat(other.line()).isEqualTo("opened");
    }

    assertThat(workspace.resolve("half")).exists();
  }

  @Test
  void ofProcessesThatRaceForOneKeyOneComputesAndAllFindTheResult() throws Exception {
    List<StoreProcess> racers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      racers.add(StoreProcess.start("compute once", root, "a"));
    }
    for (StoreProcess racer : racers) {
      assertThat(racer.line()).isEqualTo("ready");
    }
    for (StoreProcess racer : racers) {
      racer.go();
    }
    for (StoreProcess racer : racers) {
      assertThat(racer.exit()).isZero();
    }

    assertThat(store.log(key("a"))).hasContent("computed");
    assertThat(store.find(key("a"))).isPresent();
    assertThat(store.verify()).isEmpty();
  }

  @Test
  void aNoteOfAnotherHostIsBelievedWhileItChangesEvenIfTheLockCouldBeHad() throws Exception {
    Path note = root.resolve("leases/held/" + key("a") + ".json");
    Leases leases =
        new Leases(
            root.resolve("leases"),
            root.resolve("leases/held"),
            root.resolve("tmp"),
            Duration.ofMillis(500));
    writeNote(note, "1");
    Instant start = Instant.now();
    List<String> told = new ArrayList<>();
    ExecutorService otherHost = Executors.newSingleThreadExecutor();
    Future<?> beats =
        otherHost.submit(
            () -> {
              for (int beat = 2; beat < 6; beat++) {
                Thread.sleep(200);
                writeNote(note, "" + beat);
              }
              return null;
            });

    leases.acquire(key("a"), told::add).close();

    beats.get();
    otherHost.shutdown();
    assertThat(told).containsExactly("process 1 on elsewhere, since then");
    assertThat(Duration.between(start, Instant.now())).isGreaterThan(Duration.ofMillis(1300));
    assertThat(note).doesNotExist();
  }

  private static void writeNote(Path note, String heartbeat) throws IOException {
    // As another host would: never half a note.
    Path temporary =
        Files.writeString(
            note.resolveSibling("note.tmp"),
            "{\"host\":\"elsewhere\",\"pid\":1,\"since\":\"then\",\"heartbeat\":\""
                + heartbeat
                + "\"}");
    Files.move(temporary, note, StandardCopyOption.ATOMIC_MOVE);
  }
}
