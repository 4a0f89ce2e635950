package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

/** Mends defects from the shared store, or moves them out of the way. */
record Mending(ArtifactStore store) {

  Repair mend(Defect defect) throws IOException {
    if (defect.digest().isEmpty()) {
      return new Repair(defect, false, "left as it is; delete it, or mend its permissions");
    }
    Digest digest = defect.digest().get();
    store.temp();
    return switch (defect.kind()) {
      case DAMAGED_ARTIFACT -> artifact(defect, digest);
      case MISSING_ARTIFACT -> missing(defect, digest);
      case STRAY_FILE -> strays(defect, digest);
      case INDEX_ENTRY -> entry(defect, digest);
      case PROVENANCE -> provenance(defect, digest);
      case OTHER -> new Repair(defect, false, "left as it is");
    };
  }

  private Repair artifact(Defect defect, Digest artifact) throws IOException {
    store.forget(artifact);
    if (!Files.exists(store.layout().artifact(artifact))
        || Inspection.of(store.layout(), artifact).damage().isEmpty()) {
      return new Repair(defect, Files.exists(store.layout().artifact(artifact)), "seen to already");
    }
    String place = store.publication().quarantine(artifact).toString();
    return store.shared().mend(artifact, store)
        ? new Repair(defect, true, "mended from the shared store; the damaged one is in " + place)
        : new Repair(defect, false, "moved to " + place + "; the next run computes it again");
  }

  private Repair missing(Defect defect, Digest key) {
    Optional<Digest> artifact = store.entry(key).map(KeyEntry::artifact);
    return artifact.isPresent()
            && (store.has(artifact.get()) || store.shared().mend(artifact.get(), store))
        ? new Repair(defect, true, "mended from the shared store")
        : new Repair(defect, false, "the next run computes it again");
  }

  private Repair strays(Defect defect, Digest artifact) throws IOException {
    Inspection inspection = Inspection.of(store.layout(), artifact);
    return inspection.strays().isEmpty()
        ? new Repair(defect, true, "seen to already")
        : new Repair(
            defect,
            true,
            "moved to " + store.publication().quarantine(artifact, inspection.strays()));
  }

  private Repair entry(Defect defect, Digest key) throws IOException {
    // What cannot be read is no entry, and the artifact may be there.
    store.temp().discard(store.layout().key(key));
    return store.shared().fetch(key, store).isPresent()
        ? new Repair(defect, true, "mended from the shared store")
        : new Repair(defect, false, "removed; the next run computes it again");
  }

  private Repair provenance(Defect defect, Digest key) throws IOException {
    Optional<Provenance> known = store.shared().provenance(key);
    if (known.isEmpty()) {
      return new Repair(defect, false, "lost; the artifact itself is not concerned");
    }
    store.temp().write(store.layout().provenance(key), known.get().text());
    return new Repair(defect, true, "mended from the shared store");
  }
}
