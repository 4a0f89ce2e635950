package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.amalgam.artifacts.Garbage.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of a store what nobody needs, while others may be using the store.
 *
 * <p>A process notes every artifact that it may read or publishes, and only then looks whether it
 * is condemned. A collection condemns artifacts in a list, and only then reads those notes; what is
 * in them it spares. So whoever may read an artifact either told the collection in time, or waits
 * for its verdict: no artifact is missing for a while. Index entries are removed under the leases
 * of their keys, so that no publisher loses one.
 */
public final class GarbageCollection {
  private static final int BATCH = 64;
  private static final long PAUSE_MILLIS = 10;
  private static final int ATTEMPTS = 200;

  private final ArtifactStore store;
  private final StoreLayout layout;
  private final List<Garbage> garbage;
  private final Totals totals;

  /**
   * What may be taken.
   *
   * @param unused only what nobody used for so long, but for what is scratch
   * @param maxBytes take no more than brings all artifacts down to this, and for its sake
   *     intermediate artifacts too; empty for all that nobody needs
   */
  public record Limits(Duration unused, OptionalLong maxBytes) {}

  /**
   * Sizes in bytes.
   *
   * @param all of all artifacts
   * @param pinned of those with a pin
   * @param used of those that are not pinned, and that a run used
   */
  public record Totals(long all, long pinned, long used) {}

  GarbageCollection(ArtifactStore store, List<Garbage> garbage, Totals totals) {
    this.store = store;
    this.layout = store.layout();
    this.garbage = garbage;
    this.totals = totals;
  }

  /**
   * Looks for garbage; deletes nothing.
   *
   * @param reached what known runs used, each with the highest class that a run gives it
   */
  public static GarbageCollection of(
      ArtifactStore store, Map<Digest, KeepClass> reached, Limits limits) {
    try {
      return new GarbageSearch(store, reached, limits).result();
    } catch (IOException e) {
      throw StoreException.of(store.root(), "look for garbage", e);
    }
  }

  /** What would be deleted: of each class of artifacts the least recently used first. */
  public List<Garbage> garbage() {
    return garbage;
  }

  public Totals totals() {
    return totals;
  }

  /**
   * Deletes it, but for what came into use since.
   *
   * @return what was deleted
   */
  public List<Garbage> collect() {
    try (ExclusiveFile lock = lock()) {
      List<Garbage> deleted = new ArrayList<>();
      List<Garbage> artifacts = new ArrayList<>();
      for (Garbage one : garbage) {
        if (one.kind() == Kind.ARTIFACT) {
          artifacts.add(one);
        } else if (remains(one)) {
          deleted.add(one);
        }
      }
      for (int i = 0; i < artifacts.size(); i += BATCH) {
        deleted.addAll(batch(artifacts.subList(i, Math.min(i + BATCH, artifacts.size()))));
      }
      return deleted;
    } catch (IOException e) {
      throw StoreException.of(store.root(), "collect garbage", e);
    }
  }

  /** Waits while an artifact is condemned by a collection that is under way. */
  static void await(StoreLayout layout, Digest artifact) throws IOException {
    while (isCondemned(layout, artifact) && isUnderWay(layout)) {
      pause();
    }
  }

  private static boolean isCondemned(StoreLayout layout, Digest artifact) throws IOException {
    if (!Files.exists(layout.condemned())) {
      return false;
    }
    try {
      return Files.readString(layout.condemned()).contains(artifact.hex());
    } catch (NoSuchFileException e) {
      // The verdict came just now.
      return false;
    }
  }

  private static boolean isUnderWay(StoreLayout layout) throws IOException {
    if (!Files.exists(layout.collecting())) {
      return false;
    }
    try (ExclusiveFile lock = tryLock(layout)) {
      return lock == null;
    }
  }

  private ExclusiveFile lock() throws IOException {
    store.temp();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      ExclusiveFile lock = tryLock(layout);
      if (lock != null) {
        return lock;
      }
      // Those who look whether a collection is under way hold it for a moment.
      pause();
    }
    throw new StoreException(
        "store " + store.root() + ": another collection is under way; wait for its end");
  }

  private static @Nullable ExclusiveFile tryLock(StoreLayout layout) throws IOException {
    return ExclusiveFile.tryAcquire(
            layout.collecting(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
        .orElse(null);
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while waiting for a collection", e);
    }
  }

  /** Deletes what belongs to no artifact, unless its key is being computed. */
  private boolean remains(Garbage one) throws IOException {
    List<Lease> leases = new ArrayList<>();
    try {
      boolean free = leased(one.keys(), leases);
      if (free) {
        store.temp().discard(one.path());
      }
      return free;
    } finally {
      leases.forEach(Lease::close);
    }
  }

  private List<Garbage> batch(List<Garbage> artifacts) throws IOException {
    List<Lease> leases = new ArrayList<>();
    List<Garbage> condemned = new ArrayList<>();
    List<Garbage> deleted = new ArrayList<>();
    try {
      for (Garbage one : artifacts) {
        if (leased(one.keys(), leases)) {
          condemned.add(one);
        }
      }
      store
          .temp()
          .write(
              layout.condemned(),
              condemned.stream().map(one -> one.name() + "\n").collect(Collectors.joining()));
      Set<Digest> used = TempSpace.usedByOthers(layout.tmp());
      for (Garbage one : condemned) {
        Digest artifact = new Digest(one.name());
        Path away = store.temp().path();
        if (!used.contains(artifact) && Publication.moved(one.path(), away)) {
          forget(one.keys(), artifact);
          deleted.add(one);
          Disk.delete(away);
        }
      }
    } finally {
      Files.deleteIfExists(layout.condemned());
      leases.forEach(Lease::close);
    }
    return deleted;
  }

  private boolean leased(List<Digest> keys, List<Lease> leases) throws IOException {
    for (Digest key : keys) {
      Optional<Lease> lease = store.leases().tryAcquire(key);
      if (lease.isEmpty()) {
        return false;
      }
      leases.add(lease.get());
    }
    return true;
  }

  private void forget(List<Digest> keys, Digest artifact) throws IOException {
    store.forget(artifact);
    Files.deleteIfExists(layout.checked(artifact));
    for (Digest key : keys) {
      for (Path file :
          List.of(layout.key(key), layout.origin(key), layout.provenance(key), layout.log(key))) {
        Files.deleteIfExists(file);
      }
    }
  }
}
