package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A file locked by the operating system, against other processes and other threads alike. The
 * system releases it when the process dies, however it dies.
 *
 * <p>A POSIX lock is gone as soon as its process closes any descriptor of the file. So nothing in
 * this process may open a lock file but this class, which never opens one that is held here.
 */
final class ExclusiveFile implements AutoCloseable {
  /** Real paths of the files that this process holds or is about to try. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private ExclusiveFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Locks a file unless somebody holds it.
   *
   * @param file a path without links, or two spellings would be two locks
   * @param options to open it for writing
   */
  static Optional<ExclusiveFile> tryAcquire(Path file, OpenOption... options) throws IOException {
    if (!HELD.add(file)) {
      return Optional.empty();
    }
    FileChannel channel = null;
    FileLock lock = null;
    try {
      channel = FileChannel.open(file, options);
      lock = channel.tryLock();
      return lock == null ? Optional.empty() : Optional.of(new ExclusiveFile(file, channel));
    } finally {
      if (lock == null) {
        release(file, channel);
      }
    }
  }

  @Override
  public void close() throws IOException {
    release(file, channel);
  }

  private static void release(Path file, @Nullable FileChannel channel) throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      // Last: as soon as it is not held, another thread may open the file.
      HELD.remove(file);
    }
  }
}
