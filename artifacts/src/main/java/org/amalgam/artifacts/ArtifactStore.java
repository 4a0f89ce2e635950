package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
  private final Trust trust;
  private final SharedStore shared;
  private final Soundness soundness = new Soundness(this);
  private final Uses uses = new Uses(this);

  /** Why nothing can be written; null where it can. */
  private final @Nullable StoreException obstacle;

  private final Set<Digest> sound = ConcurrentHashMap.newKeySet();
  private final Map<Digest, Object> hashing = new ConcurrentHashMap<>();

  private ArtifactStore(
      StoreLayout layout, Trust trust, SharedStore shared, @Nullable StoreException obstacle) {
    this.layout = layout;
    this.leases = new Leases(layout.leases(), layout.notes(), layout.tmp(), SILENCE);
    this.publication = new Publication(layout, uses::claim);
    this.trust = trust;
    this.shared = shared;
    this.obstacle = obstacle;
  }

  /** Opens a store that stands alone and whose contents are believed. */
  public static ArtifactStore open(Path root) {
    return open(root, Trust.ALL, SharedStore.NONE);
  }

  /**
   * Opens a store, creating it where there is none, and removes what dead processes left. A store
   * that is there but cannot be written to is opened all the same: whatever needs no writing works.
   *
   * @param shared a second store that is looked in when a key or sound bytes are missing
   * @throws StoreException if the path is a file, a directory with other files in it, a store of
   *     another format, or cannot be made a store
   */
  public static ArtifactStore open(Path root, Trust trust, SharedStore shared) {
    try {
      ArtifactStore store = new ArtifactStore(StoreLayout.open(root), trust, shared, null);
      store.temp();
      TempSpace.sweep(store.layout.tmp());
      store.leases.sweep();
      Leftovers.sweepScratch(store);
      return store;
    } catch (IOException e) {
      try {
        StoreException obstacle = StoreException.of(root, "open it for writing", e);
        return new ArtifactStore(StoreLayout.existing(root), trust, shared, obstacle);
      } catch (IOException absent) {
        throw StoreException.of(root, "open it", e);
      }
    }
  }

  /**
   * Opens a store that is there, changing nothing in it.
   *
   * @throws StoreException if it is no store or cannot be read
   */
  static ArtifactStore openToRead(Path root, Trust trust) {
    try {
      StoreException obstacle =
          new StoreException("store " + root + ": it was opened for reading only");
      return new ArtifactStore(StoreLayout.existing(root), trust, SharedStore.NONE, obstacle);
    } catch (IOException e) {
      throw StoreException.of(root, "open it", e);
    }
  }

  /** The store's directory, without links. */
  public Path root() {
    return layout.root();
  }

  /** Why nothing can be written to this store; empty where it can. */
  public Optional<StoreException> obstacle() {
    return Optional.ofNullable(obstacle);
  }

  /**
   * The index entry of a key, if its artifact is there too (not verified). An entry that cannot be
   * read is none: computing the key again writes it anew, and {@link #verify} tells of it. So is
   * one that is not {@link Trust trusted}. What was found is not collected while this process
   * lives.
   */
  public Optional<KeyEntry> find(Digest key) {
    return entry(key)
        .filter(entry -> trust.foreign() || !Files.exists(layout.origin(key)))
        .filter(entry -> has(entry.artifact()));
  }

  /**
   * Like {@link #find}, but what is not here is looked for in the shared store and copied. To be
   * called with the lease of the key.
   */
  public Optional<KeyEntry> obtain(Digest key) {
    Optional<KeyEntry> here = find(key);
    return here.isPresent() || !trust.foreign() || obstacle != null
        ? here
        : shared.fetch(key, this);
  }

  /** An entry that came from elsewhere, whether it is believed or not. */
  public Optional<KeyEntry> foreign(Digest key) {
    return entry(key).filter(entry -> Files.exists(layout.origin(key)));
  }

  /** From where the result of a key came; empty if it was computed into this store. */
  public Optional<Origin> origin(Digest key) {
    return read(layout.origin(key), Origin::parse);
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
      uses.claim(artifact);
      if (!sound.contains(artifact) || !Files.isDirectory(layout.artifact(artifact))) {
        check(artifact);
        sound.add(artifact);
      }
      return layout.files(artifact);
    }
  }

  private void check(Digest artifact) {
    try {
      if (!Files.isDirectory(layout.artifact(artifact))) {
        throw new StoreException(
            "artifact "
                + artifact
                + " is not in the store "
                + root()
                + "; run again to compute it anew");
      }
      soundness.check(artifact);
    } catch (StoreException e) {
      if (!shared.mend(artifact, this)) {
        throw e;
      }
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
      temp();
      return Files.createDirectories(layout.scratch().resolve(key.hex()));
    } catch (IOException e) {
      throw StoreException.of(root(), "make a scratch directory", e);
    }
  }

  /** The log file of a key, in a directory that exists; appended to by every attempt. */
  public Path log(Digest key) {
    Path log = layout.log(key);
    try {
      temp();
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
      Digest artifact = Publication.seal(candidate);
      publication.place(candidate, artifact);
      sound.add(artifact);
      String entry = new KeyEntry(key, artifact, parts).text();
      put(layout.provenance(key), provenanceText);
      put(layout.key(key), entry);
      Files.deleteIfExists(layout.origin(key));
      temp().discard(candidate);
      temp().discard(layout.scratch().resolve(key.hex()));
      KeyEntry published = KeyEntry.parse(key, entry);
      shared.offer(published, provenance, this);
      return published;
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
  public KeyEntry adopt(Digest key, Map<String, Object> parts, Adoption adoption)
      throws InterruptedException {
    return adoption.into(this, key, parts);
  }

  /**
   * Makes a workspace's files an artifact that no key points at yet. The workspace is gone
   * afterwards, also when this fails.
   *
   * @param expected what it must be
   * @throws DamagedCopyException if it is something else
   */
  public void admit(Digest expected, Path workspace) throws IOException {
    Path candidate = candidate(workspace);
    try {
      Digest found = Publication.seal(candidate);
      if (!found.equals(expected)) {
        throw new DamagedCopyException(expected, found);
      }
      publication.place(candidate, found);
    } finally {
      temp().discard(candidate);
    }
  }

  /**
   * Writes down a result that was computed elsewhere; its artifact was {@link #admit admitted}. A
   * result that was computed here is left alone.
   *
   * @param log of its computing, to be copied where there is none
   */
  public void record(KeyEntry entry, Provenance provenance, Origin origin, Optional<Path> log)
      throws IOException {
    origin.record(this, entry, provenance, log);
  }

  /** The file of a key in a part of the store, {@code keys} or {@code provenance}. */
  public Path file(String part, Digest key, String suffix) {
    return layout.root().resolve(part).resolve(key.hex().substring(0, 2)).resolve(key + suffix);
  }

  /** The log of a key, if anything was logged. */
  public Optional<Path> existingLog(Digest key) {
    return Optional.of(layout.log(key)).filter(Files::exists);
  }

  /** The pins. */
  public Pins pins() {
    return new Pins(this);
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
      return leases().acquire(key, waitingFor);
    } catch (IOException e) {
      throw StoreException.of(root(), "lock key " + key + " (does its file system lock?)", e);
    }
  }

  /** Hashes everything again. Empty when all is sound; else one line a defect. */
  public List<String> verify() {
    return verify(Runtime.getRuntime().availableProcessors(), (done, all) -> {}).stream()
        .map(Defect::message)
        .toList();
  }

  /**
   * Hashes everything again, and changes nothing.
   *
   * @param threads that hash side by side
   * @param progress is told of bytes, by these threads
   */
  public List<Defect> verify(int threads, Verification.Progress progress) {
    try {
      return new Verification(layout, threads, progress).defects();
    } catch (IOException e) {
      throw StoreException.of(root(), "verify it", e);
    }
  }

  /**
   * Mends a defect as far as the shared store can, and moves what cannot be mended out of the way.
   *
   * @return what was done, and what is still to do
   */
  public Repair repair(Defect defect) {
    try {
      return new Mending(this).mend(defect);
    } catch (IOException e) {
      throw StoreException.of(root(), "mend it", e);
    }
  }

  /** Whether an artifact is there; then it was used now. */
  boolean has(Digest artifact) {
    return uses.find(artifact);
  }

  Trust trust() {
    return trust;
  }

  Publication publication() {
    return publication;
  }

  SharedStore shared() {
    return shared;
  }

  StoreLayout layout() {
    return layout;
  }

  /** Forgets that an artifact was sound, since it is going to be deleted. */
  void forget(Digest artifact) {
    sound.remove(artifact);
  }

  Leases leases() throws IOException {
    temp();
    return leases;
  }

  /** Where this process writes; the door that every change of the store comes through. */
  TempSpace temp() throws IOException {
    if (obstacle != null) {
      throw new StoreException(String.valueOf(obstacle.getMessage()), obstacle);
    }
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

  void put(Path target, String text) throws IOException {
    Disk.createDirectory(target.resolveSibling(".").normalize());
    temp().write(target, text);
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
    try {
      return StoreLayout.digestsIn(part, suffix);
    } catch (IOException e) {
      throw StoreException.of(root(), "list " + part, e);
    }
  }
}
