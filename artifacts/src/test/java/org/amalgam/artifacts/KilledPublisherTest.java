package org.amalgam.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("try") // Leases are held for what is done meanwhile.
class KilledPublisherTest {
  private static final int ROUNDS = 20;

  @Test
  void aStoreIsSoundAndGoesOnWheneverItsPublishersAreKilled(@TempDir Path directory)
      throws IOException, InterruptedException {
    Path root = directory.toRealPath().resolve("store");
    SplittableRandom random = new SplittableRandom(17);
    int published = 0;
    int leftBehind = 0;
    for (int round = 0; round < ROUNDS; round++) {
      // The first rounds kill while the store itself is being made.
      try (StoreProcess one = StoreProcess.start("publish", root, "");
          StoreProcess other = StoreProcess.start("publish", root, "")) {
        if (round < 4) {
          Thread.sleep(random.nextInt(150, 400));
        } else {
          assertThat(one.line()).isEqualTo("ready");
          assertThat(other.line()).isEqualTo("ready");
          Thread.sleep(random.nextInt(300));
        }
        one.kill();
        Thread.sleep(random.nextInt(30));
        other.kill();
      }
      leftBehind += Files.exists(root.resolve("tmp")) ? countIn(root.resolve("tmp")) : 0;

      ArtifactStore store = ArtifactStore.open(root);

      assertThat(store.verify()).as("round %d", round).isEmpty();
      assertThat(countIn(root.resolve("tmp"))).as("this process's claim only").isEqualTo(2);
      assertThat(countIn(root.resolve("leases/held"))).isZero();
      int found = checkEntries(store);
      assertThat(found).isGreaterThanOrEqualTo(published);
      published = found;
    }
    assertThat(published).as("keys published in all").isPositive();
    // Else no publisher was ever killed at work, and this test shows nothing.
    assertThat(leftBehind).isPositive();
  }

  /** Checks the bytes under every key, and that the leases of the dead can be had. */
  private static int checkEntries(ArtifactStore store) throws IOException, InterruptedException {
    for (int i = 0; ; i++) {
      Digest key = Examples.key("n" + i);
      try (Lease lease = store.lease(key)) {
        Optional<KeyEntry> entry = store.find(key);
        if (entry.isEmpty()) {
          assertThat(store.entries()).as("keys are published in order").hasSize(i);
          return i;
        }
        Path files = store.verified(entry.get().artifact());
        for (Map.Entry<String, byte[]> file : StoreProcess.files(i).entrySet()) {
          assertThat(files.resolve(file.getKey())).hasBinaryContent(file.getValue());
        }
        assertThat(store.provenance(key)).contains(Examples.provenance("n" + i));
      }
    }
  }

  private static int countIn(Path directory) throws IOException {
    try (Stream<Path> names = Files.list(directory)) {
      return (int) names.count();
    }
  }
}
