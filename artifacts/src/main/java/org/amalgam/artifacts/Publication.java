package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Moves artifacts as whole directories: to their place when they are made, and out of it when they
 * are found corrupt.
 */
final class Publication {
  private final StoreLayout layout;
  private final Consumer<Digest> using;

  /**
   * @param using is told of an artifact before it is moved to its place
   */
  Publication(StoreLayout layout, Consumer<Digest> using) {
    this.layout = layout;
    this.using = using;
  }

  /**
   * Syncs and hashes a workspace, and writes its manifest.
   *
   * @param candidate the artifact to be: a directory with a directory {@code files}
   */
  static Digest seal(Path candidate) throws IOException {
    Path files = candidate.resolve("files");
    Disk.seal(files);
    Manifest manifest = Manifest.of(files);
    // A first attempt may have ended here, on a full disk.
    Path text = candidate.resolve("manifest");
    Files.deleteIfExists(text);
    Files.writeString(text, manifest.text());
    Disk.seal(text);
    Disk.sync(candidate);
    return manifest.digest();
  }

  /** Renames a sealed candidate; afterwards the artifact is in place, with sound bytes. */
  void place(Path candidate, Digest artifact) throws IOException {
    using.accept(artifact);
    Path target = layout.artifact(artifact);
    Path shard = target.resolveSibling(".").normalize();
    Disk.createDirectory(shard);
    while (!moved(candidate, target) && !Inspection.of(layout, artifact).damage().isEmpty()) {
      quarantine(artifact);
    }
    Disk.sync(shard);
  }

  /** Whether the rename was done; if not, somebody published an artifact of that digest before. */
  static boolean moved(Path candidate, Path target) throws IOException {
    try {
      Files.move(candidate, target, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (FileSystemException e) {
      if (!Files.isDirectory(target)) {
        throw e;
      }
      return false;
    }
  }

  /** Moves an artifact out of the way, and says where to. */
  Path quarantine(Digest artifact) throws IOException {
    for (int n = 1; ; n++) {
      Path place = layout.quarantine().resolve(artifact + "." + n);
      try {
        if (!Files.exists(place) && moved(layout.artifact(artifact), place)) {
          // From now on its age counts, as evidence.
          Files.setLastModifiedTime(place, FileTime.from(Instant.now()));
          Disk.sync(layout.quarantine());
          return place;
        }
      } catch (NoSuchFileException e) {
        // Another process was first.
        return layout.quarantine();
      }
    }
  }

  /** Moves files that do not belong into an artifact out of the way, and says where to. */
  Path quarantine(Digest artifact, Iterable<Path> strays) throws IOException {
    for (int n = 1; ; n++) {
      Path place = layout.quarantine().resolve(artifact + ".strays." + n);
      if (!Files.exists(place)) {
        for (Path stray : strays) {
          Path target = place.resolve(layout.files(artifact).relativize(stray).toString());
          Files.createDirectories(target.resolveSibling(".").normalize());
          Files.move(stray, target);
        }
        return place;
      }
    }
  }
}
