package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Artifacts by digest, and the index from stage keys to artifacts, as plain files.
 *
 * <p>Many processes may use one store. Readers take no lock. Publishing is atomic: after kill -9 at
 * any point the store holds the artifact and its index entry, or neither matters.
 */
public final class ArtifactStore {
  /** Opens a store, creating it where there is none. */
  public static ArtifactStore open(Path root) {
    throw new UnsupportedOperationException("STUB");
  }

  public Path root() {
    throw new UnsupportedOperationException("STUB");
  }

  /** The index entry of a key, if its artifact is there too (not verified). */
  public Optional<KeyEntry> find(Digest key) {
    throw new UnsupportedOperationException("STUB");
  }

  /** How the artifact of a key came to be. */
  public Optional<Provenance> provenance(Digest key) {
    throw new UnsupportedOperationException("STUB");
  }

  /** Every index entry, sorted by key. */
  public List<KeyEntry> entries() {
    throw new UnsupportedOperationException("STUB");
  }

  /**
   * The directory of an artifact, every file of it checked against the manifest on the first use in
   * this process.
   *
   * @throws StoreException if it is missing or corrupt; a corrupt artifact is moved out of the way,
   *     so that running again computes it anew
   */
  public Path verified(Digest artifact) {
    throw new UnsupportedOperationException("STUB");
  }

  /** The directory of an artifact, unchecked: for listing and for small reports. */
  public Path directory(Digest artifact) {
    throw new UnsupportedOperationException("STUB");
  }

  /** A new empty directory on the store's file system, for {@link #publish}. */
  public Path workspace() throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  /**
   * A directory that outlives attempts at a key: checkpoints of a stage. Removed when the key is
   * published.
   */
  public Path scratch(Digest key) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  /** The log file of a key; appended to by every attempt. */
  public Path log(Digest key) {
    throw new UnsupportedOperationException("STUB");
  }

  /**
   * Makes a workspace's files an artifact and points the key at it: sync, digest, rename, index
   * entry last. Publishing the same bytes twice is fine.
   */
  public KeyEntry publish(
      Digest key, java.util.Map<String, Object> parts, Path workspace, Provenance provenance)
      throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  /** Takes the lease of a key, waiting while another process or thread holds it. */
  public Lease lease(Digest key) throws InterruptedException {
    throw new UnsupportedOperationException("STUB");
  }

  /** Hashes everything again. Empty when all is sound; else one line a defect. */
  public List<String> verify() {
    throw new UnsupportedOperationException("STUB");
  }
}
