package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A second store, such as a lab's on a network drive: what the own store lacks is copied from it,
 * and what is computed may be copied to it. Every copy is hashed before it is believed. Any number
 * of runners may use one shared store at a time. When it cannot be reached there is one warning,
 * and the work goes on without it.
 */
public final class SharedStore {
  /** No second store. */
  public static final SharedStore NONE = new SharedStore(null, Share.OFF, line -> {});

  private final @Nullable Path root;
  private final Share share;
  private final Consumer<String> warnings;
  private @Nullable ArtifactStore opened;
  private boolean lost;
  private boolean closedToUs;

  private SharedStore(@Nullable Path root, Share share, Consumer<String> warnings) {
    this.root = root;
    this.share = share;
    this.warnings = warnings;
  }

  /** The store in a directory, opened when it is first needed. */
  public static SharedStore at(Path root, Share share, Consumer<String> warnings) {
    return new SharedStore(root, share, warnings);
  }

  /** Copies what a key points at into a store; the caller holds the key's lease there. */
  Optional<KeyEntry> fetch(Digest key, ArtifactStore into) {
    Optional<ArtifactStore> other = other();
    if (other.isEmpty()) {
      return Optional.empty();
    }
    try {
      Optional<KeyEntry> entry = other.get().find(key);
      Optional<Provenance> provenance = other.get().provenance(key);
      if (entry.isEmpty() || provenance.isEmpty() || !copied(entry.get().artifact(), into)) {
        return Optional.empty();
      }
      Origin origin = new Origin("shared store " + root, now());
      into.record(entry.get(), provenance.get(), origin, other.get().existingLog(key));
      return entry;
    } catch (IOException | StoreException e) {
      lose(e);
      return Optional.empty();
    }
  }

  /** Copies an artifact into a store that has none or no sound one; whether that was done. */
  boolean mend(Digest artifact, ArtifactStore into) {
    if (other().isEmpty()) {
      return false;
    }
    try {
      boolean mended = copied(artifact, into);
      if (mended) {
        warnings.accept(
            "artifact " + artifact.abbreviated() + " was mended from the shared store " + root);
      }
      return mended;
    } catch (IOException | StoreException e) {
      lose(e);
      return false;
    }
  }

  /** What the shared store knows of how the artifact of a key came to be. */
  Optional<Provenance> provenance(Digest key) {
    return other().flatMap(other -> other.provenance(key));
  }

  /** Copies a result of a store to the shared one, unless it has one for that key. */
  void offer(KeyEntry entry, Provenance provenance, ArtifactStore from) {
    if (share != Share.WRITE || closedToUs) {
      return;
    }
    Optional<ArtifactStore> other = other();
    if (other.isEmpty()) {
      return;
    }
    try {
      if (other.get().find(entry.key()).isPresent()) {
        return;
      }
      copy(entry.artifact(), from, other.get());
      Origin origin = new Origin("runner on " + Host.NAME, now());
      other.get().record(entry, provenance, origin, from.existingLog(entry.key()));
    } catch (IOException | StoreException e) {
      synchronized (this) {
        if (!closedToUs) {
          closedToUs = true;
          warnings.accept(
              "results are not shared, since the shared store takes none: " + e.getMessage());
        }
      }
    }
  }

  /** Whether it was there and sound. A damaged copy is told, and is none. */
  private boolean copied(Digest artifact, ArtifactStore into) throws IOException {
    ArtifactStore other = other().orElseThrow();
    if (!Files.exists(other.layout().manifest(artifact))) {
      return false;
    }
    try {
      copy(artifact, other, into);
      return true;
    } catch (DamagedCopyException e) {
      warnings.accept("the shared store " + root + " is damaged: " + e.getMessage());
      return false;
    }
  }

  private static void copy(Digest artifact, ArtifactStore from, ArtifactStore into)
      throws IOException {
    if (into.has(artifact)) {
      return;
    }
    Path workspace = into.workspace();
    try {
      Path files = from.layout().files(artifact);
      for (Path file : Manifest.filesBelow(files)) {
        Path target = workspace.resolve(files.relativize(file).toString());
        Files.createDirectories(target.resolveSibling(".").normalize());
        Files.copy(file, target);
      }
      into.admit(artifact, workspace);
    } finally {
      into.discard(workspace);
    }
  }

  private synchronized Optional<ArtifactStore> other() {
    if (root == null || share == Share.OFF || lost) {
      return Optional.empty();
    }
    if (opened == null) {
      try {
        opened =
            share == Share.WRITE
                ? ArtifactStore.open(root)
                : ArtifactStore.openToRead(root, Trust.ALL);
      } catch (StoreException e) {
        lose(e);
        return Optional.empty();
      }
    }
    return Optional.of(opened);
  }

  private synchronized void lose(Exception e) {
    if (!lost) {
      lost = true;
      String reason =
          e instanceof StoreException
              ? String.valueOf(e.getMessage())
              : StoreException.of(root == null ? Path.of("") : root, "read it", e).getMessage();
      warnings.accept("going on without the shared store: " + reason);
    }
  }

  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
