package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** What the standard library lacks: making files durable, and trees of files. */
public final class Disk {
  private Disk() {}

  /** Forces a file's bytes, or a directory's list of names, to the disk. */
  public static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows opens no directories; there the journal keeps the order of renames.
      if (!Files.isDirectory(path) || !System.getProperty("os.name").startsWith("Windows")) {
        throw e;
      }
    }
  }

  /** Creates a directory of an existing parent, durably, unless it is there. */
  static void createDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
      Path parent = directory.getParent();
      if (parent != null) {
        sync(parent);
      }
    }
  }

  /** Removes empty directories below a root, makes files read-only and syncs all there is. */
  static void seal(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            sync(file);
            if (!file.toFile().setReadOnly()) {
              throw new IOException("could not make read-only: " + file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            if (!directory.equals(root) && isEmpty(directory)) {
              Files.delete(directory);
            } else {
              sync(directory);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Deletes a tree, or what others leave of it if they delete it at the same time. */
  static void delete(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            // Where this fails and matters, deleting fails and says why.
            boolean unused = directory.toFile().setWritable(true);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (var names = Files.newDirectoryStream(directory)) {
      return !names.iterator().hasNext();
    }
  }
}
