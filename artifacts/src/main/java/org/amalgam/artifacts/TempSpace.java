package org.amalgam.artifacts;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * This process's part of a store's {@code tmp/}: where files are before a rename puts them in
 * place, and after a rename took them away.
 *
 * <p>It is claimed on first use by a locked file, so that others can tell leftovers of the dead
 * from the work of the living.
 */
final class TempSpace {
  private static final String USED = "used";
  private static final String HOST = Host.NAME.replaceAll("[^A-Za-z0-9.]", "_") + "-";

  /** What a process of another host may be silent, where locks do not reach other hosts. */
  private static final Duration LONGEST_SILENCE = Duration.ofDays(7);

  /** By real path of tmp/; all stores of one process on one directory share a space. */
  private static final Map<Path, TempSpace> CLAIMED = new HashMap<>();

  private final Path directory;
  private final ExclusiveFile claim;
  private final AtomicLong names = new AtomicLong();
  private final Set<Digest> used = new HashSet<>();

  /**
   * Open for the life of the process, since a run that finds everything notes thousands of
   * artifacts; no channel, which an interrupt would close.
   */
  private @Nullable FileOutputStream notes;

  private TempSpace(Path directory, ExclusiveFile claim) {
    this.directory = directory;
    this.claim = claim;
  }

  static TempSpace in(Path tmp) throws IOException {
    synchronized (CLAIMED) {
      TempSpace space = CLAIMED.get(tmp);
      if (space != null && Files.isDirectory(space.directory)) {
        return space;
      }
      if (space != null) {
        space.claim.close();
      }
      space = claim(tmp);
      CLAIMED.put(tmp, space);
      return space;
    }
  }

  private static TempSpace claim(Path tmp) throws IOException {
    while (true) {
      String name = HOST + ProcessHandle.current().pid() + "-" + UUID.randomUUID();
      Path lock = tmp.resolve(name + ".lock");
      Optional<ExclusiveFile> claim =
          ExclusiveFile.tryAcquire(lock, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      // A sweep may come between making the file and locking it; then it is gone, or still held.
      if (claim.isPresent() && Files.exists(lock)) {
        return new TempSpace(Files.createDirectory(tmp.resolve(name)), claim.get());
      }
      if (claim.isPresent()) {
        claim.get().close();
      }
    }
  }

  /** Removes what dead processes left in a store's {@code tmp/}. */
  static void sweep(Path tmp) throws IOException {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(tmp, "*.lock")) {
      for (Path lock : locks) {
        try (ExclusiveFile dead =
            ExclusiveFile.tryAcquire(lock, StandardOpenOption.WRITE).orElse(null)) {
          if (dead != null && (name(lock).startsWith(HOST) || isSilent(lock))) {
            Disk.delete(tmp.resolve(owner(lock)));
            Files.deleteIfExists(lock);
          }
        } catch (NoSuchFileException anotherSweepWasFirst) {
          // Then there is nothing left to do.
        }
      }
    }
  }

  /**
   * Tells garbage collections that this process may read an artifact until it ends. To be called
   * before looking whether the artifact is there; see {@link GarbageCollection}.
   */
  void use(Digest artifact) throws IOException {
    synchronized (used) {
      if (used.add(artifact)) {
        if (notes == null) {
          notes = new FileOutputStream(directory.resolve(USED).toFile(), true);
        }
        notes.write((artifact + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** What other living processes may read. */
  static Set<Digest> usedByOthers(Path tmp) throws IOException {
    Path own = in(tmp).directory;
    Set<Digest> all = new HashSet<>();
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(tmp, "*.lock")) {
      for (Path lock : locks) {
        // A dead process's note is swept by and by; until then it only keeps too much.
        Path note = tmp.resolve(owner(lock)).resolve(USED);
        if (Files.exists(note) && !note.startsWith(own)) {
          Files.readAllLines(note).stream()
              .filter(Digest::isHex)
              .map(Digest::new)
              .forEach(all::add);
        }
      }
    }
    return all;
  }

  private static boolean isSilent(Path lock) throws IOException {
    Path space = lock.resolveSibling(owner(lock));
    Instant changed = Files.getLastModifiedTime(Files.exists(space) ? space : lock).toInstant();
    return changed.isBefore(Instant.now().minus(LONGEST_SILENCE));
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }

  private static String owner(Path lock) {
    String name = name(lock);
    return name.substring(0, name.length() - ".lock".length());
  }

  /** A path on the store's file system where nothing is. */
  Path path() {
    return directory.resolve(Long.toString(names.incrementAndGet()));
  }

  /** Puts a text at a place durably: the whole of it or, after a crash, what was there before. */
  void write(Path target, String text) throws IOException {
    Path temporary = path();
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    Path parent = target.getParent();
    if (parent != null) {
      Disk.sync(parent);
    }
  }

  /** Takes a tree away at once, then deletes it. */
  void discard(Path tree) throws IOException {
    Path away = path();
    try {
      Files.move(tree, away, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return;
    }
    Disk.delete(away);
  }
}
