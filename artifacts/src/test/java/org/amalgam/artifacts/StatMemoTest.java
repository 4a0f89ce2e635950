package org.amalgam.artifacts;

import static org.amalgam.artifacts.Examples.key;
import static org.amalgam.artifacts.Examples.parts;
import static org.amalgam.artifacts.Examples.provenance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether an artifact was hashed shows by a memo that lies. */
class StatMemoTest {
  private final ArtifactStore store;
  private final Digest artifact;
  private final Path weights;
  private final Path memo;

  StatMemoTest(@TempDir Path directory) throws IOException {
    store = ArtifactStore.open(directory.toRealPath().resolve("store"));
    Path workspace = store.workspace();
    Files.write(workspace.resolve("weights"), new byte[2 << 20]);
    artifact = store.publish(key("a"), parts("a"), workspace, provenance("a")).artifact();
    weights = store.directory(artifact).resolve("weights");
    memo = store.layout().checked(artifact);
  }

  @BeforeEach
  void onUnixOnly() {
    assumeThat(weights.getFileSystem().supportedFileAttributeViews()).contains("unix");
  }

  /** As the next process opens it; the change of its files is then long enough ago. */
  private ArtifactStore later(Trust trust) throws IOException, InterruptedException {
    while (!StatMemo.of(store.layout().artifact(artifact)).orElseThrow().tells(Instant.now())) {
      Thread.sleep(50);
    }
    return ArtifactStore.open(store.root(), trust, SharedStore.NONE);
  }

  @Test
  void anUntouchedArtifactIsNotHashedAgainUnlessThatIsAsked() throws Exception {
    later(Trust.ALL).verified(artifact);
    assertThat(memo).isRegularFile();
    // The bytes of a memo say nothing of the content, so one that is right for wrong bytes can be
    // made, as a failing disk would.
    flip();
    Files.writeString(memo, StatMemo.of(store.layout().artifact(artifact)).orElseThrow().text());

    assertThat(later(Trust.ALL).verified(artifact)).isEqualTo(store.directory(artifact));
    assertThat(store.verify()).singleElement().asString().startsWith("corrupt file " + weights);
    assertThatThrownBy(() -> later(new Trust(true, false)).verified(artifact))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("corrupt file " + weights);
  }

  @Test
  void aByteFlippedBehindAnUnchangedTimeIsFound() throws Exception {
    later(Trust.ALL).verified(artifact);
    FileTime before = Files.getLastModifiedTime(weights);
    flip();
    Files.setLastModifiedTime(weights, before);

    assertThatThrownBy(() -> later(Trust.ALL).verified(artifact))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("corrupt file " + weights);
  }

  @Test
  void aStrayFileBesideAnUntouchedOneIsFound() throws Exception {
    later(Trust.ALL).verified(artifact);
    Files.writeString(weights.resolveSibling("stray"), "");

    assertThatThrownBy(() -> later(Trust.ALL).verified(artifact))
        .hasMessageStartingWith("unexpected file ");
  }

  @Test
  void aChangeOfJustNowIsNotRemembered() throws IOException {
    Files.setLastModifiedTime(weights, FileTime.from(Instant.now()));
    ArtifactStore.open(store.root()).verified(artifact);

    assertThat(memo).doesNotExist();
  }

  private void flip() throws IOException {
    assertThat(weights.toFile().setWritable(true)).isTrue();
    try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
      file.seek(1_000_000);
      file.write(1);
    }
    assertThat(weights.toFile().setReadOnly()).isTrue();
  }
}
