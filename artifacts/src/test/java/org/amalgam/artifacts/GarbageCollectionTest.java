package org.amalgam.artifacts;

import static org.amalgam.artifacts.Examples.key;
import static org.amalgam.artifacts.Examples.publish;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.amalgam.artifacts.Garbage.Kind;
import org.amalgam.artifacts.GarbageCollection.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // Leases are held for what is done meanwhile.
class GarbageCollectionTest {
  private static final Limits ALL = new Limits(Duration.ZERO, OptionalLong.empty());

  private final ArtifactStore store;
  private final KeyEntry free;
  private final KeyEntry used;

  GarbageCollectionTest(@TempDir Path directory) throws IOException {
    store = ArtifactStore.open(directory.toRealPath().resolve("store"));
    free = publish(store, "free", "free");
    used = publish(store, "used", "used");
  }

  private List<Garbage> collect(Map<Digest, KeepClass> reached, Limits limits) {
    return GarbageCollection.of(store, reached, limits).collect();
  }

  private Map<Digest, KeepClass> reached(KeepClass kept) {
    return Map.of(used.artifact(), kept);
  }

  @Test
  void whatNoRunAndNoPinHasGoesWithAllThatIsKnownOfIt() throws IOException {
    Files.writeString(store.log(key("free")), "step 1\n");
    GarbageCollection collection = GarbageCollection.of(store, reached(KeepClass.FINAL), ALL);
    assertThat(collection.garbage())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.name()).isEqualTo(free.artifact().hex());
              assertThat(one.bytes()).isPositive();
              assertThat(one.reason()).isEqualTo("no run and no pin has it");
            });
    assertThat(store.find(key("free"))).as("looking deletes nothing").isPresent();

    assertThat(collection.collect()).isEqualTo(collection.garbage());

    assertThat(store.find(key("free"))).isEmpty();
    assertThat(store.entries()).containsExactly(used);
    assertThat(store.provenance(key("free"))).isEmpty();
    assertThat(store.existingLog(key("free"))).isEmpty();
    assertThat(store.find(key("used"))).contains(used);
    assertThat(store.verify()).isEmpty();
    assertThat(publish(store, "free", "free")).as("and can be made again").isEqualTo(free);
  }

  @Test
  void whatWasUsedOfLateStays() {
    assertThat(collect(Map.of(), new Limits(Duration.ofDays(1), OptionalLong.empty()))).isEmpty();
  }

  @Test
  void pinsHoldUntilTheyAreTakenAway() {
    Pin pin = new Pin("paper", "2026-01-01T00:00:00Z", List.of(free.artifact(), used.artifact()));
    store.pins().add(pin);
    assertThat(store.pins().all()).containsExactly(pin);
    assertThat(collect(Map.of(), ALL)).isEmpty();

    assertThat(store.pins().remove(pin)).isTrue();

    assertThat(store.pins().remove(pin)).isFalse();
    assertThat(collect(Map.of(), ALL)).hasSize(2);
  }

  @Test
  void theClassOfARunsArtifactDecidesHowLongItStays() {
    Limits tight = new Limits(Duration.ZERO, OptionalLong.of(0));
    publishGone();
    assertThat(collect(reached(KeepClass.FINAL), tight)).isEmpty();
    assertThat(collect(reached(KeepClass.INTERMEDIATE), ALL)).isEmpty();
    assertThat(GarbageCollection.of(store, reached(KeepClass.INTERMEDIATE), tight).garbage())
        .hasSize(1);
    assertThat(collect(reached(KeepClass.SCRATCH), ALL)).hasSize(1);
  }

  private void publishGone() {
    assertThat(collect(reached(KeepClass.FINAL), ALL)).hasSize(1);
  }

  @Test
  void aSizeLimitTakesTheLeastRecentlyUsedFirstAndNoMoreThanItMust() throws IOException {
    KeyEntry older = publish(store, "older", "older");
    Map<KeyEntry, Integer> days = Map.of(older, 3, free, 2, used, 1);
    for (Map.Entry<KeyEntry, Integer> one : days.entrySet()) {
      setUsed(one.getKey(), Duration.ofDays(one.getValue()));
    }
    GarbageCollection everything = GarbageCollection.of(store, Map.of(), ALL);
    assertThat(everything.garbage())
        .extracting(Garbage::name)
        .containsExactly(older.artifact().hex(), free.artifact().hex(), used.artifact().hex());
    long limit = everything.totals().all() - 1;

    List<Garbage> taken = collect(Map.of(), new Limits(Duration.ZERO, OptionalLong.of(limit)));

    assertThat(taken).extracting(Garbage::name).containsExactly(older.artifact().hex());
  }

  private void setUsed(KeyEntry entry, Duration ago) throws IOException {
    Path directory = store.directory(entry.artifact()).resolve("..").normalize();
    FileTime time = FileTime.from(Instant.now().minus(ago));
    Files.setLastModifiedTime(directory, time);
    for (Path child : StoreLayout.children(directory)) {
      Files.setLastModifiedTime(child, time);
    }
  }

  @Test
  void findingIsUsing() throws IOException {
    setUsed(free, Duration.ofDays(3));

    assertThat(store.find(key("free"))).isPresent();

    assertThat(GarbageCollection.of(store, Map.of(), ALL).garbage())
        .extracting(Garbage::name)
        .containsExactly(used.artifact().hex(), free.artifact().hex());
  }

  @Test
  void leftoversGoTooButNotThoseOfAKeyThatIsBeingComputed() throws Exception {
    Files.writeString(store.scratch(key("dead")).resolve("checkpoint"), "step 3");
    Files.writeString(store.log(key("dead")), "step 3\n");
    Files.writeString(store.scratch(key("live")).resolve("checkpoint"), "step 3");
    Files.delete(store.directory(free.artifact()).resolve("manifest"));
    assertThat(store.repair(store.verify(1, (done, all) -> {}).get(0)).mended()).isFalse();

    try (Lease lease = store.lease(key("live"))) {
      assertThat(collect(reached(KeepClass.FINAL), ALL))
          .extracting(Garbage::kind)
          .containsExactlyInAnyOrder(Kind.CHECKPOINTS, Kind.LOG, Kind.QUARANTINED);
    }

    assertThat(store.scratch(key("live")).resolve("checkpoint")).exists();
    assertThat(store.root().resolve("quarantine")).isEmptyDirectory();
    assertThat(store.existingLog(key("dead"))).isEmpty();
  }

  @Test
  void aKeyThatIsBeingComputedKeepsItsArtifact() throws Exception {
    try (Lease lease = store.lease(key("free"))) {
      assertThat(collect(reached(KeepClass.FINAL), ALL)).isEmpty();
    }

    assertThat(store.find(key("free"))).contains(free);
  }

  @Test
  void whatALivingProcessFoundStaysUntilItEnds() throws Exception {
    try (StoreProcess runner = StoreProcess.start("find and hold", store.root(), "free")) {
      assertThat(runner.line()).isEqualTo("found");

      assertThat(collect(Map.of(), ALL))
          .extracting(Garbage::name)
          .containsExactly(used.artifact().hex());
      runner.kill();
    }
    ArtifactStore.open(store.root());
    assertThat(collect(Map.of(), ALL)).hasSize(1);
  }

  @Test
  @Timeout(120)
  void runnersNeverMissWhatTheyFoundWhileOthersCollect() throws Exception {
    List<StoreProcess> runners = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      runners.add(StoreProcess.start("use", store.root(), "60"));
    }
    for (StoreProcess runner : runners) {
      assertThat(runner.line()).isEqualTo("ready");
    }
    int collected = 0;
    while (runners.stream().anyMatch(StoreProcess::lives)) {
      collected += collect(new TreeMap<>(), ALL).size();
    }
    for (StoreProcess runner : runners) {
      assertThat(runner.line()).isEqualTo("done");
      assertThat(runner.exit()).isZero();
    }
    ArtifactStore.open(store.root());
    collected += collect(new TreeMap<>(), ALL).size();

    assertThat(collected).isGreaterThan(30);
    assertThat(store.artifacts()).isEmpty();
    assertThat(store.verify()).isEmpty();
  }
}
