package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Compares artifacts with their manifests before they are read. */
record Soundness(ArtifactStore store) {

  /**
   * Checks an artifact that is there, unless it was sound and nobody touched it since.
   *
   * @throws StoreException if it is not sound; what is wrong was then moved out of the way
   */
  void check(Digest artifact) {
    try {
      Optional<StatMemo> memo =
          StatMemo.of(store.layout().artifact(artifact)).filter(StatMemo::isWorthwhile);
      Path remembered = store.layout().checked(artifact);
      if (store.trust().unchanged()
          && memo.isPresent()
          && Files.exists(remembered)
          && Files.readString(remembered).equals(memo.get().text())) {
        return;
      }
      Inspection inspection = Inspection.of(store.layout(), artifact);
      if (!inspection.damage().isEmpty()) {
        throw damaged(artifact, inspection);
      }
      if (!inspection.strays().isEmpty()) {
        throw strayed(artifact, inspection);
      }
      if (isWritable() && memo.isPresent() && memo.get().tells(Instant.now())) {
        store.put(remembered, memo.get().text());
      }
    } catch (IOException e) {
      throw StoreException.of(store.root(), "check artifact " + artifact, e);
    }
  }

  private boolean isWritable() {
    return store.obstacle().isEmpty();
  }

  private StoreException damaged(Digest artifact, Inspection inspection) throws IOException {
    String where =
        isWritable()
            ? "was moved to " + store.publication().quarantine(artifact)
            : "is in a store that cannot be written to, or it would be moved away";
    return new StoreException(
        String.join("; ", inspection.damage())
            + "; artifact "
            + artifact.abbreviated()
            + " "
            + where
            + ": run again to compute it anew");
  }

  private StoreException strayed(Digest artifact, Inspection inspection) throws IOException {
    String action =
        isWritable()
            ? "moved to " + store.publication().quarantine(artifact, inspection.strays())
            : "delete it";
    return new StoreException(
        String.join("; ", inspection.strayLines())
            + ": nothing else may be in an artifact; "
            + action
            + (isWritable() ? ": run again" : " and run again"));
  }
}
