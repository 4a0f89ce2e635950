package org.amalgam.artifacts;

import static org.amalgam.artifacts.Examples.key;
import static org.amalgam.artifacts.Examples.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorruptionTest {
  private final ArtifactStore store;
  private final KeyEntry entry;
  private final Path files;

  CorruptionTest(@TempDir Path directory) throws IOException {
    store = ArtifactStore.open(directory.resolve("store"));
    entry = publish(store, "a", "text");
    publish(store, "sound", "sound");
    files = store.directory(entry.artifact());
  }

  @Test
  void aFlippedByteAnywhereInAnArtifactIsFound() throws IOException {
    Path manifest = files.resolveSibling("manifest");
    for (Path file :
        List.of(manifest, files.resolve("manifest"), files.resolve("deep/er/weights"))) {
      byte[] sound = Files.readAllBytes(file);
      for (int i = 0; i < sound.length; i++) {
        byte[] flipped = sound.clone();
        flipped[i] ^= (byte) (1 << (i % 8));
        overwrite(file, flipped);
        assertThat(store.verify()).hasSize(1).first().asString().startsWith("corrupt file " + file);
      }
      overwrite(file, sound);
    }
    assertThat(store.verify()).isEmpty();
  }

  @Test
  void aFileCutOffOrGrownOrDeletedIsFound() throws IOException {
    Path file = files.resolve("deep/er/weights");
    overwrite(file, new byte[0]);
    assertThat(store.verify()).singleElement().asString().startsWith("corrupt file " + file);
    overwrite(file, "weights of text\n".getBytes(StandardCharsets.UTF_8));
    assertThat(store.verify()).singleElement().asString().startsWith("corrupt file " + file);
    Files.delete(file);
    assertThat(store.verify()).containsExactly("missing file " + file);
    Files.createSymbolicLink(file, files.resolve("manifest"));
    assertThat(store.verify()).containsExactly("no regular file any more: " + file);
  }

  @Test
  void aCorruptArtifactIsMovedAwayAndComputedAnew() throws IOException {
    Path file = files.resolve("manifest");
    overwrite(file, "tex7".getBytes(StandardCharsets.UTF_8));
    ArtifactStore reader = ArtifactStore.open(store.root());
    assertThat(reader.find(key("a"))).as("finding does not hash").contains(entry);

    Path quarantined = store.root().resolve("quarantine/" + entry.artifact() + ".1");
    assertThatThrownBy(() -> reader.verified(entry.artifact()))
        .isInstanceOf(StoreException.class)
        .hasMessage(
            "corrupt file %s: expected SHA-256 %s, found %s; artifact %s was moved to %s: run again"
                + " to compute it anew",
            file,
            Digest.of("text"),
            Digest.of("tex7"),
            entry.artifact().abbreviated(),
            quarantined);

    assertThat(quarantined.resolve("files/manifest")).hasContent("tex7");
    assertThat(reader.find(key("a"))).isEmpty();
    assertThat(store.find(key("a"))).isEmpty();
    assertThat(reader.verify()).singleElement().asString().startsWith("dangling index entry ");
    assertThat(publish(reader, "a", "text")).isEqualTo(entry);
    assertThat(reader.verified(entry.artifact()).resolve("manifest")).hasContent("text");
    assertThat(reader.verify()).isEmpty();
  }

  @Test
  void anArtifactWithoutManifestIsNotFoundAndNotTrusted() throws IOException {
    Path manifest = files.resolveSibling("manifest");
    Files.delete(manifest);
    ArtifactStore reader = ArtifactStore.open(store.root());

    assertThat(reader.find(key("a"))).isEmpty();
    assertThat(reader.verify()).hasSize(2).first().isEqualTo("missing file " + manifest);
    assertThatThrownBy(() -> reader.verified(entry.artifact()))
        .hasMessageStartingWith("missing file " + manifest);
    assertThat(files).doesNotExist();
  }

  @Test
  void aManifestThatCouldNotHaveBeenWrittenHereIsNotFollowed() throws IOException {
    String text = Digest.of("x") + " 1 ../../../../keys\n";
    Digest artifact = Digest.of(text);
    Path place =
        store.root().resolve("artifacts/" + artifact.hex().substring(0, 2) + "/" + artifact);
    Files.createDirectories(place.resolve("files"));
    Files.writeString(place.resolve("manifest"), text);

    assertThat(store.verify())
        .containsExactly(
            "unreadable "
                + place.resolve("manifest")
                + ": manifest line 1: not a plain relative path: \"../../../../keys\"");
    assertThatThrownBy(() -> store.verified(artifact)).isInstanceOf(StoreException.class);
  }

  @Test
  void aStrayFileIsMovedAwayAndCostsNoArtifact() throws IOException {
    Path stray = Files.writeString(files.resolve("deep/.DS_Store"), "");
    ArtifactStore reader = ArtifactStore.open(store.root());

    assertThat(reader.verify()).containsExactly("unexpected file " + stray);
    assertThatThrownBy(() -> reader.verified(entry.artifact()))
        .isInstanceOf(StoreException.class)
        .hasMessage(
            "unexpected file "
                + stray
                + ": nothing else may be in an artifact; moved to "
                + store.root().resolve("quarantine/" + entry.artifact() + ".strays.1")
                + ": run again");
    assertThat(stray).doesNotExist();
    assertThat(reader.verified(entry.artifact())).isEqualTo(files);
  }

  @Test
  void anArtifactIsHashedOnFirstUseOnly() throws IOException {
    ArtifactStore reader = ArtifactStore.open(store.root());
    reader.verified(entry.artifact());
    overwrite(files.resolve("manifest"), new byte[0]);

    assertThat(reader.verified(entry.artifact())).isEqualTo(files);
    assertThatThrownBy(() -> ArtifactStore.open(store.root()).verified(entry.artifact()))
        .isInstanceOf(StoreException.class);
  }

  @Test
  void anIndexEntryThatCannotBeReadIsNoneAndVerifyTells() throws IOException {
    Path index = inShard("keys", ".json");
    for (String text :
        List.of("", "{", "[]", "{}", "\ufffe", entry.text().replace("\"parts\"", "\"part5\""))) {
      overwrite(index, text.getBytes(StandardCharsets.UTF_16LE));
      assertThat(store.find(key("a"))).as(text).isEmpty();
      assertThat(store.entries()).hasSize(1);
      assertThat(store.verify())
          .singleElement()
          .asString()
          .startsWith("unreadable index entry " + index + ": ");
    }
    assertThat(publish(store, "a", "text")).isEqualTo(entry);
    assertThat(store.verify()).isEmpty();
  }

  @Test
  void anIndexEntryOfAnotherKeyIsNotBelieved() throws IOException {
    overwrite(
        inShard("keys", ".json"),
        new KeyEntry(key("b"), entry.artifact(), entry.parts())
            .text()
            .getBytes(StandardCharsets.UTF_8));

    assertThat(store.find(key("a"))).isEmpty();
  }

  @Test
  void lostProvenanceIsFound() throws IOException {
    Path provenance = inShard("provenance", ".json");
    overwrite(provenance, new byte[] {'{'});
    assertThat(store.provenance(key("a"))).isEmpty();
    assertThat(store.verify())
        .singleElement()
        .asString()
        .startsWith("unreadable provenance " + provenance);
    Files.delete(provenance);
    assertThat(store.verify())
        .singleElement()
        .asString()
        .startsWith("missing provenance " + provenance);
  }

  @Test
  void whatDoesNotBelongThereIsNamed() throws IOException {
    Path note = Files.writeString(store.root().resolve("keys/README"), "");
    Path copy = Files.createDirectories(store.root().resolve("artifacts/zz/" + entry.artifact()));

    assertThat(store.verify())
        .containsExactly("unexpected file " + copy, "unexpected file " + note);
  }

  private Path inShard(String part, String suffix) {
    String hex = key("a").hex();
    return store.root().resolve(part).resolve(hex.substring(0, 2)).resolve(hex + suffix);
  }

  private static void overwrite(Path file, byte[] bytes) throws IOException {
    Files.delete(file);
    Files.write(file, bytes);
  }
}
