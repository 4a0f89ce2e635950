package org.amalgam.artifacts;

import static org.amalgam.artifacts.Examples.key;
import static org.amalgam.artifacts.Examples.parts;
import static org.amalgam.artifacts.Examples.provenance;
import static org.amalgam.artifacts.Examples.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactStoreTest {
  private final Path directory;
  private final ArtifactStore store;

  ArtifactStoreTest(@TempDir Path directory) {
    this.directory = directory;
    this.store = ArtifactStore.open(directory.resolve("store"));
  }

  @Test
  void whatWasPublishedIsFoundByThisAndByAnotherOpener() throws IOException {
    assertThat(store.find(key("a"))).isEmpty();

    KeyEntry entry = publish(store, "a", "text");

    for (ArtifactStore opened : List.of(store, ArtifactStore.open(store.root()))) {
      assertThat(opened.find(key("a"))).contains(entry);
      assertThat(opened.provenance(key("a"))).contains(provenance("a"));
      assertThat(opened.entries()).containsExactly(entry);
      assertThat(opened.artifacts()).containsExactly(entry.artifact());
      Path files = opened.verified(entry.artifact());
      assertThat(files).isEqualTo(opened.directory(entry.artifact()));
      assertThat(files.resolve("manifest")).hasContent("text");
      assertThat(Manifest.of(files).digest()).isEqualTo(entry.artifact());
      assertThat(opened.verify()).isEmpty();
    }
  }

  @Test
  void publishingLeavesNothingInTheTemporaryDirectory() throws IOException {
    Path workspace = store.workspace();
    Files.createDirectories(workspace.resolve("empty/er"));
    Files.writeString(workspace.resolve("a"), "text");
    Files.writeString(store.scratch(key("a")).resolve("checkpoint"), "step 3");

    KeyEntry entry = store.publish(key("a"), parts("a"), workspace, provenance("a"));

    assertThat(workspace).doesNotExist();
    assertThat(store.root().resolve("scratch")).isEmptyDirectory();
    assertThat(leftovers()).isEmpty();
    assertThat(store.directory(entry.artifact()).resolve("empty")).doesNotExist();
  }

  @Test
  void publishedFilesAreReadOnly() throws IOException {
    KeyEntry entry = publish(store, "a", "text");

    Path file = store.directory(entry.artifact()).resolve("manifest");
    assertThat(Files.getPosixFilePermissions(file))
        .extracting(Enum::name)
        .noneMatch(n -> n.endsWith("WRITE"));
  }

  @Test
  void theSameBytesPublishedTwiceAreOneArtifact() throws IOException {
    KeyEntry one = publish(store, "a", "text");
    KeyEntry again = publish(store, "a", "text");
    KeyEntry other = publish(store, "b", "text");

    assertThat(again).isEqualTo(one);
    assertThat(other.artifact()).isEqualTo(one.artifact());
    assertThat(store.artifacts()).hasSize(1);
    assertThat(store.entries()).hasSize(2);
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void publishingTheSameBytesMendsADamagedArtifact() throws IOException {
    KeyEntry entry = publish(store, "a", "text");
    Path file = store.directory(entry.artifact()).resolve("manifest");
    Files.delete(file);
    Files.writeString(file, "tex7");

    publish(store, "b", "text");

    assertThat(file).hasContent("text");
    assertThat(store.verify()).isEmpty();
  }

  @Test
  void theIndexEntryHasTheSameBytesForTheSameWorkInAnotherStore() throws IOException {
    ArtifactStore other = ArtifactStore.open(directory.resolve("other"));
    publish(store, "a", "text");
    Path workspace = other.workspace();
    Files.createDirectories(workspace.resolve("deep/er"));
    Files.writeString(workspace.resolve("deep/er/weights"), "weights of text");
    Files.writeString(workspace.resolve("manifest"), "text");
    Map<String, Object> shuffled = new HashMap<>(parts("a"));
    shuffled.put("seed", 1);
    other.publish(key("a"), shuffled, workspace, provenance("on another host"));

    String name = "keys/" + key("a").hex().substring(0, 2) + "/" + key("a") + ".json";
    assertThat(other.root().resolve(name)).hasSameBinaryContentAs(store.root().resolve(name));
    // The digests were computed with another implementation of SHA-256.
    assertThat(store.root().resolve(name))
        .hasContent(
            "{\"artifact\":\"c63c2346acea4d171ec728a84110ba2fe2d5d290fe7b2c7949ea6783cb2caf74\""
                + ",\"key\":\"4c42d56de3c2441a51038378ff4ace48615754e1608df59e5bf5e59f18a1f8ef\""
                + ",\"parts\":{\"seed\":1,\"settings\":{\"alpha\":0.75,\"name\":\"a\"},"
                + "\"uses\":\"merge\"}}\n");
  }

  @Test
  void theIndexEntryHasTheSameBytesInAnotherProcessWithAnotherLocaleAndEncoding()
      throws IOException, InterruptedException {
    String name = "\u0131\u0130\u20ac\ud83d\ude00";
    publish(store, "a" + name, "text");
    Path elsewhere = directory.resolve("elsewhere");
    try (StoreProcess process =
        StoreProcess.start(
            "publish one",
            elsewhere,
            "a\\u0131\\u0130\\u20ac\\ud83d\\ude00",
            "-Duser.language=ar",
            "-Duser.country=EG",
            "-Duser.extensions=nu-arab",
            "-Dfile.encoding=ISO-8859-1")) {
      assertThat(process.exit()).isZero();
    }

    String hex = key("a" + name).hex();
    String entry = "keys/" + hex.substring(0, 2) + "/" + hex + ".json";
    assertThat(elsewhere.resolve(entry)).hasSameBinaryContentAs(store.root().resolve(entry));
  }

  @Test
  void aReaderAlwaysFindsAnEntryThatIsBeingReplaced() throws Exception {
    publish(store, "a", "0");
    ExecutorService thread = Executors.newSingleThreadExecutor();
    Future<?> writer =
        thread.submit(
            () -> {
              for (int i = 0; i < 30; i++) {
                publish(store, "a", "" + i % 3);
              }
              return null;
            });
    while (!writer.isDone()) {
      assertThat(store.find(key("a"))).isPresent();
      assertThat(store.provenance(key("a"))).isPresent();
    }
    writer.get();
    thread.shutdown();
  }

  @Test
  void aKeyPublishedAgainPointsAtTheNewerArtifact() throws IOException {
    publish(store, "a", "old");
    KeyEntry entry = publish(store, "a", "new");

    assertThat(store.find(key("a"))).contains(entry);
    assertThat(store.artifacts()).hasSize(2);
  }

  @Test
  void removingAnArtifactTakesItsIndexEntriesAlong() throws IOException {
    KeyEntry gone = publish(store, "a", "one");
    publish(store, "b", "one");
    KeyEntry kept = publish(store, "c", "two");

    store.remove(gone.artifact());

    assertThat(store.find(key("a"))).isEmpty();
    assertThat(store.entries()).containsExactly(kept);
    assertThat(store.artifacts()).containsExactly(kept.artifact());
    assertThatThrownBy(() -> store.verified(gone.artifact()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is not in the store")
        .hasMessageContaining("run again to compute it anew");
    assertThat(store.verify()).isEmpty();
    assertThat(publish(store, "a", "one").artifact()).isEqualTo(gone.artifact());
    assertThat(store.verified(gone.artifact())).isDirectory();
  }

  @Test
  void aDiscardedWorkspaceIsGone() throws IOException {
    Path workspace = store.workspace();
    Files.writeString(workspace.resolve("half"), "done");

    store.discard(workspace);

    assertThat(leftovers()).isEmpty();
  }

  @Test
  void onlyAWorkspaceOfTheStoreCanBePublished() throws IOException {
    Path stranger = Files.createDirectories(directory.resolve("files"));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.publish(key("a"), parts("a"), stranger, provenance("a")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.discard(store.root().resolve("tmp")));
  }

  @Test
  void badPartsAreRefusedBeforeAnythingIsPublished() throws IOException {
    Path workspace = store.workspace();

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> store.publish(key("a"), Map.of("x", Double.NaN), workspace, provenance("a")));
    assertThat(store.artifacts()).isEmpty();
  }

  @Test
  void scratchAndLogOutliveTheAttempt() throws IOException {
    Files.writeString(store.scratch(key("a")).resolve("checkpoint"), "step 3");
    Files.writeString(store.log(key("a")), "line\n");

    ArtifactStore next = ArtifactStore.open(store.root());

    assertThat(next.scratch(key("a")).resolve("checkpoint")).hasContent("step 3");
    assertThat(next.log(key("a"))).hasContent("line\n");
  }

  @Test
  void scratchOfAKeyWhosePublisherDiedBeforeRemovingItIsSwept() throws IOException {
    publish(store, "a", "text");
    Path left = store.scratch(key("a"));

    ArtifactStore.open(store.root());

    assertThat(left).doesNotExist();
  }

  @Test
  void findingAThousandKeysTakesWellUnderASecond() throws IOException {
    Path workspace = store.workspace();
    Files.writeString(workspace.resolve("a"), "text");
    KeyEntry first = store.publish(key("0"), parts("0"), workspace, provenance("0"));
    for (int i = 1; i < 1000; i++) {
      // As publishing does, without a thousand syncs.
      Path file = store.root().resolve("keys").resolve(key("" + i).hex().substring(0, 2));
      Files.createDirectories(file);
      Files.writeString(
          file.resolve(key("" + i) + ".json"),
          new KeyEntry(key("" + i), first.artifact(), parts("" + i)).text());
    }

    Instant start = Instant.now();
    for (int i = 0; i < 1000; i++) {
      assertThat(store.find(key("" + i))).isPresent();
    }

    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(1));
    assertThat(store.entries()).hasSize(1000);
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> tmp = Files.walk(store.root().resolve("tmp"))) {
      return tmp.filter(path -> path.getNameCount() > store.root().getNameCount() + 2)
          .filter(path -> !path.endsWith("used"))
          .toList();
    }
  }
}
