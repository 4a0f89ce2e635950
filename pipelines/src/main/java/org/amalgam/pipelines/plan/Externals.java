package org.amalgam.pipelines.plan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Manifest;

/**
 * Digests of files and directories outside the store. A file that has not changed since it was last
 * hashed by this process (size, time of change, inode) is not read again, unless it changed so
 * shortly before that a later change could bear the same time.
 */
final class Externals {
  private static final Map<Path, Hashed> MEMO = new ConcurrentHashMap<>();
  private static final AtomicLong READS = new AtomicLong();

  private Externals() {}

  /** File systems keep times in steps of up to so much. */
  private static final long TICK_NANOS = 1_000_000_000;

  private record Hashed(long size, long modified, String inode, Digest digest) {}

  /** The digest of a file's bytes, or of a directory's manifest. */
  static Digest digest(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    return Files.isDirectory(path) ? directory(path) : file(path);
  }

  private static Digest directory(Path directory) throws IOException {
    List<Manifest.Entry> entries = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
        String name = directory.relativize(file).toString().replace('\\', '/');
        entries.add(new Manifest.Entry(name, Files.size(file), file(file)));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    entries.sort(Comparator.comparing(Manifest.Entry::path));
    return new Manifest(entries).digest();
  }

  private static Digest file(Path file) throws IOException {
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    Path key = file.toAbsolutePath().normalize();
    long modified = now.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS);
    String inode = String.valueOf(now.fileKey());
    Hashed known = MEMO.get(key);
    if (known != null
        && known.size() == now.size()
        && known.modified() == modified
        && known.inode().equals(inode)) {
      return known.digest();
    }
    READS.incrementAndGet();
    Instant looked = Instant.now();
    Digest digest = Digest.ofFile(file);
    if (!now.lastModifiedTime().toInstant().isBefore(looked.minusNanos(TICK_NANOS))) {
      MEMO.remove(key);
      return digest;
    }
    MEMO.put(key, new Hashed(now.size(), modified, inode, digest));
    return digest;
  }

  /** How many files this process has hashed. */
  static long reads() {
    return READS.get();
  }
}
