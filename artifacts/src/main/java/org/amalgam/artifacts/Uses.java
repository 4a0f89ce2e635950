package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

/** Tells others which artifacts this process reads, and when; see {@link GarbageCollection}. */
record Uses(ArtifactStore store) {

  /**
   * Notes that this process reads or publishes an artifact, and waits while it is condemned: it
   * stays from now on, or is gone for good. Comes before looking for it.
   */
  void claim(Digest artifact) {
    if (store.obstacle().isPresent()) {
      return;
    }
    try {
      store.temp().use(artifact);
    } catch (IOException e) {
      // On a full disk what is there can still be read; a collection may then take it away.
      return;
    }
    try {
      GarbageCollection.await(store.layout(), artifact);
    } catch (IOException e) {
      throw StoreException.of(store.root(), "look for artifact " + artifact, e);
    }
  }

  /** Whether an artifact is there; then it was used now. */
  boolean find(Digest artifact) {
    claim(artifact);
    if (!Files.exists(store.layout().manifest(artifact))) {
      return false;
    }
    if (store.obstacle().isEmpty()) {
      try {
        Files.setLastModifiedTime(store.layout().artifact(artifact), FileTime.from(Instant.now()));
      } catch (IOException e) {
        // The artifact of another user of the system, who alone can say when it was used.
        return true;
      }
    }
    return true;
  }
}
