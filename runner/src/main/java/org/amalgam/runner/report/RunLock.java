package org.amalgam.runner.report;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file of a run's folder that its process keeps locked. The operating system frees the lock
 * with the process, however that ends: a run that has not ended and whose file is free was cut off.
 */
record RunLock(Path file, FileChannel channel) implements AutoCloseable {
  private static final String FILE = "running";

  /** Locks a folder for this process; waits out those who only look. */
  static RunLock in(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.lock();
    return new RunLock(file, channel);
  }

  /** Whether some process holds the lock of a folder. */
  static boolean isHeld(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder.resolve(FILE), StandardOpenOption.READ);
        // Shared, so that two who look do not take each other for the run.
        FileLock free = channel.tryLock(0, Long.MAX_VALUE, true)) {
      return free == null;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Whether a file is a folder's lock. */
  static boolean isOf(Path file) {
    return file.endsWith(FILE);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
    channel.close();
  }
}
