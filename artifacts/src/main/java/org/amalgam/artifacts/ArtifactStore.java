package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Artifacts by digest, and the index from stage keys to artifacts, as plain files.
 *
 * <p>Many processes may use one store. Readers take no lock. Publishing is atomic: after kill -9 at
 * any point the store holds the artifact and its index entry, or neither matters.
 *
 * <p>Every method throws {@link StoreException} if the store's files cannot be read or written, and
 * may be called by many threads.
 */
public final class ArtifactStore {
  private static final Duration SILENCE = Leases.HEARTBEAT.multipliedBy(4);

  private final StoreLayout layout;
  private final Leases leases;
  private final Publication publication;
  private final Set<Digest> sound = ConcurrentHashMap.newKeySet();
  private final Map<Digest, Object> hashing = new ConcurrentHashMap<>();

  private ArtifactStore(StoreLayout layout) {
    this.layout = layout;
    this.leases = new Leases(layout.leases(), layout.notes(), layout.tmp(), SILENCE);
    this.publication = new Publication(layout);
  }

  /**
   * Opens a store, creating it where there is none, and removes what dead processes left.
   *
   * @throws StoreException if the path is a file, a directory with other files in it, a store of
   *     another format, or not writable
   */
  public static ArtifactStore open(Path root) {
    try {
      ArtifactStore store = new ArtifactStore(StoreLayout.open(root));
      store.temp();
      TempSpace.sweep(store.layout.tmp());
      store.leases.sweep();
      store.sweepScratch();
      return store;
    } catch (IOException e) {
      throw StoreException.of(root, "open it", e);
    }
  }

  /** The store's directory, without links. */
  public Path root() {
    return layout.root();
  }

  /**
   * The index entry of a key, if its artifact is there too (not verified). An entry that cannot be
   * read is none: computing the key again writes it anew, and {@link #verify} tells of it.
   */
  public Optional<KeyEntry> find(Digest key) {
    return entry(key).filter(entry -> Files.exists(layout.manifest(entry.artifact())));
  }

  /** The index entry of a key, whether its artifact is still there or not. */
  public Optional<KeyEntry> entry(Digest key) {
    return read(layout.key(key), text -> KeyEntry.parse(key, text));
  }

  /** What an artifact consists of; empty if it is not there, or its manifest is not readable. */
  public Optional<Manifest> manifest(Digest artifact) {
    return read(layout.manifest(artifact), Manifest::parse);
  }

  /** How the artifact of a key came to be; empty if unknown or not readable. */
  public Optional<Provenance> provenance(Digest key) {
    return read(layout.provenance(key), Provenance::parse);
  }

  /** Every readable index entry, sorted by key, whether its artifact is still there or not. */
  public List<KeyEntry> entries() {
    return digestsIn(layout.keys(), ".json").stream()
        .map(this::entry)
        .flatMap(Optional::stream)
        .toList();
  }

  /** Every artifact, sorted by digest. */
  public List<Digest> artifacts() {
    return digestsIn(layout.artifacts(), "");
  }

  /**
   * The directory of an artifact, every file of it checked against the manifest on the first use in
   * this process.
   *
   * @throws StoreException if it is missing or corrupt; a corrupt artifact is moved out of the way,
   *     so that running again computes it anew
   */
  public Path verified(Digest artifact) {
    synchronized (hashing.computeIfAbsent(artifact, digest -> new Object())) {
      if (!Files.isDirectory(layout.artifact(artifact))) {
        throw new StoreException(
            "artifact "
                + artifact
                + " is not in the store "
                + root()
                + "; run again to compute it anew");
      }
      if (!sound.contains(artifact)) {
        inspect(artifact);
        sound.add(artifact);
      }
      return layout.files(artifact);
    }
  }

  /** The directory of an artifact, unchecked: for listing and for small reports. */
  public Path directory(Digest artifact) {
    return layout.files(artifact);
  }

  /**
   * A new empty directory on the store's file system, for {@link #publish}. It is gone with this
   * process.
   */
  public Path workspace() throws IOException {
    try {
      return Files.createDirectories(temp().path().resolve("files"));
    } catch (IOException e) {
      throw StoreException.of(root(), "make a workspace", e);
    }
  }

  /** Removes a workspace that is not going to be published. */
  public void discard(Path workspace) {
    try {
      temp().discard(candidate(workspace));
    } catch (IOException e) {
      throw StoreException.of(root(), "remove the workspace " + workspace, e);
    }
  }

  /**
   * A directory that outlives attempts at a key: checkpoints of a stage. Removed when the key is
   * published.
   */
  public Path scratch(Digest key) throws IOException {
    try {
      return Files.createDirectories(layout.scratch().resolve(key.hex()));
    } catch (IOException e) {
      throw StoreException.of(root(), "make a scratch directory", e);
    }
  }

  /** The log file of a key, in a directory that exists; appended to by every attempt. */
  public Path log(Digest key) {
    Path log = layout.log(key);
    try {
      Files.createDirectories(log.resolveSibling(".").normalize());
    } catch (IOException e) {
      throw StoreException.of(root(), "make room for the log " + log, e);
    }
    return log;
  }

  /**
   * Makes a workspace's files an artifact and points the key at it: sync, digest, rename, index
   * entry last. Publishing the same bytes twice is fine. The workspace is gone afterwards, the
   * files are read-only, empty directories are dropped.
   *
   * @param parts canonical JSON values
   * @param workspace from {@link #workspace}; nobody writes to it any more
   * @return the entry as {@link #find} gives it
   * @throws IllegalArgumentException if parts or provenance hold what is no JSON value
   * @throws StoreException if a file cannot be part of an artifact (see {@link Manifest#of}), or
   *     the disk is full; the same call may then be tried again
   */
  public KeyEntry publish(
      Digest key, Map<String, Object> parts, Path workspace, Provenance provenance)
      throws IOException {
    // Before anything is moved, since these refuse what is no JSON value.
    String provenanceText = provenance.text();
    new KeyEntry(key, key, parts).text();
    Path candidate = candidate(workspace);
    try {
      Digest artifact = publication.place(candidate);
      sound.add(artifact);
      String entry = new KeyEntry(key, artifact, parts).text();
      put(layout.provenance(key), provenanceText);
      put(layout.key(key), entry);
      temp().discard(candidate);
      temp().discard(layout.scratch().resolve(key.hex()));
      return KeyEntry.parse(key, entry);
    } catch (IOException e) {
      throw StoreException.of(root(), "publish " + provenance.stage(), e);
    }
  }

  /**
   * Points a key at an artifact that was made under another key, because somebody says that the
   * difference is harmless; the provenance of the key tells so. The artifact is checked first.
   *
   * @param parts of the new key, canonical JSON values
   * @return the new entry, or the one that the key already has
   * @throws StoreException if nothing is known of the other key, or its artifact is damaged
   */
  @SuppressWarnings("try") // The lease is held for what is done meanwhile.
  public KeyEntry adopt(Digest key, Map<String, Object> parts, Adoption adoption)
      throws InterruptedException {
    KeyEntry old = find(adoption.from()).orElse(null);
    Provenance made = provenance(adoption.from()).orElse(null);
    if (old == null || made == null) {
      throw new StoreException(
          "the store " + root() + " has no artifact of key " + adoption.from().abbreviated());
    }
    verified(old.artifact());
    try (Lease held = lease(key)) {
      Optional<KeyEntry> known = find(key);
      if (known.isPresent()) {
        return known.get();
      }
      String entry = new KeyEntry(key, old.artifact(), parts).text();
      put(layout.provenance(key), made.adopted(adoption).text());
      put(layout.key(key), entry);
      return KeyEntry.parse(key, entry);
    } catch (IOException e) {
      throw StoreException.of(root(), "adopt " + made.stage(), e);
    }
  }

  /**
   * Deletes an artifact and the index entries that point at it. It is gone at once for all who look
   * for it from now on; files already open stay readable.
   */
  public void remove(Digest artifact) {
    try {
      sound.remove(artifact);
      temp().discard(layout.artifact(artifact));
      for (KeyEntry entry : entries()) {
        // Somebody may have published it again in the meantime.
        if (entry.artifact().equals(artifact) && find(entry.key()).isEmpty()) {
          Files.deleteIfExists(layout.key(entry.key()));
        }
      }
    } catch (IOException e) {
      throw StoreException.of(root(), "remove artifact " + artifact, e);
    }
  }

  /** Takes the lease of a key, waiting while another process or thread holds it. */
  public Lease lease(Digest key) throws InterruptedException {
    return lease(key, holder -> {});
  }

  /**
   * Takes the lease of a key, waiting while another process or thread holds it. Look for the key
   * again once the lease is there: its last holder may have published it.
   *
   * @param waitingFor is told who holds it, once for each holder that is waited for
   */
  public Lease lease(Digest key, Consumer<String> waitingFor) throws InterruptedException {
    try {
      return leases.acquire(key, waitingFor);
    } catch (IOException e) {
      throw StoreException.of(root(), "lock key " + key + " (does its file system lock?)", e);
    }
  }

  /** Hashes everything again. Empty when all is sound; else one line a defect. */
  public List<String> verify() {
    try {
      return new Verification(layout).defects();
    } catch (IOException e) {
      throw StoreException.of(root(), "verify it", e);
    }
  }

  private void inspect(Digest artifact) {
    try {
      Inspection inspection = Inspection.of(layout, artifact);
      if (!inspection.damage().isEmpty()) {
        Path place = publication.quarantine(artifact);
        throw new StoreException(
            String.join("; ", inspection.damage())
                + "; artifact "
                + artifact.abbreviated()
                + " was moved to "
                + place
                + ": run again to compute it anew");
      }
      if (!inspection.strays().isEmpty()) {
        throw new StoreException(
            String.join("; ", inspection.strays())
                + ": nothing else may be in an artifact; delete it and run again");
      }
    } catch (IOException e) {
      throw StoreException.of(root(), "check artifact " + artifact, e);
    }
  }

  private TempSpace temp() throws IOException {
    return TempSpace.in(layout.tmp());
  }

  /** The directory that holds the files of a workspace, and is to become an artifact. */
  private Path candidate(Path workspace) {
    Path files = workspace.toAbsolutePath().normalize();
    if (files.startsWith(layout.tmp())
        && files.getNameCount() == layout.tmp().getNameCount() + 3
        && files.endsWith("files")) {
      return files.resolve("..").normalize();
    }
    throw new IllegalArgumentException("no workspace of the store " + root() + ": " + workspace);
  }

  private void put(Path target, String text) throws IOException {
    Disk.createDirectory(target.resolveSibling(".").normalize());
    temp().write(target, text);
  }

  /** Of keys that were published by a process that died before it removed their scratch. */
  @SuppressWarnings("try") // The lease is held for what is done meanwhile.
  private void sweepScratch() throws IOException {
    for (Path scratch : StoreLayout.children(layout.scratch())) {
      String name = scratch.getFileName().toString();
      if (Digest.isHex(name) && find(new Digest(name)).isPresent()) {
        Optional<Lease> lease = leases.tryAcquire(new Digest(name));
        if (lease.isPresent()) {
          try (Lease held = lease.get()) {
            temp().discard(scratch);
          }
        }
      }
    }
  }

  private <T> Optional<T> read(Path file, Function<String, T> parser) {
    try {
      return Optional.of(parser.apply(Files.readString(file)));
    } catch (NoSuchFileException | CharacterCodingException | IllegalArgumentException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw StoreException.of(root(), "read " + file, e);
    }
  }

  private List<Digest> digestsIn(Path part, String suffix) {
    List<Digest> digests = new ArrayList<>();
    try {
      for (Path path : StoreLayout.inShards(part)) {
        String name = path.getFileName().toString();
        String hex = name.substring(0, Math.max(0, name.length() - suffix.length()));
        if (name.endsWith(suffix) && Digest.isHex(hex)) {
          digests.add(new Digest(hex));
        }
      }
    } catch (IOException e) {
      throw StoreException.of(root(), "list " + part, e);
    }
    return digests;
  }
}
