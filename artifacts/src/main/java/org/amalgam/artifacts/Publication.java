package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Moves artifacts as whole directories: to their place when they are made, and out of it when they
 * are found corrupt.
 */
final class Publication {
  private final StoreLayout layout;

  Publication(StoreLayout layout) {
    this.layout = layout;
  }

  /**
   * Syncs, hashes and renames a workspace; afterwards the artifact is in place, with the bytes that
   * were hashed.
   *
   * @param candidate the artifact to be: a directory with a directory {@code files}
   */
  Digest place(Path candidate) throws IOException {
    Path files = candidate.resolve("files");
    Disk.seal(files);
    Manifest manifest = Manifest.of(files);
    Digest artifact = manifest.digest();
    // A first attempt may have ended here, on a full disk.
    Path text = candidate.resolve("manifest");
    Files.deleteIfExists(text);
    Files.writeString(text, manifest.text());
    Disk.seal(text);
    Disk.sync(candidate);

    Path target = layout.artifact(artifact);
    Path shard = target.resolveSibling(".").normalize();
    Disk.createDirectory(shard);
    while (!moved(candidate, target) && !Inspection.of(layout, artifact).damage().isEmpty()) {
      quarantine(artifact);
    }
    Disk.sync(shard);
    return artifact;
  }

  /** Whether the rename was done; if not, somebody published an artifact of that digest before. */
  private static boolean moved(Path candidate, Path target) throws IOException {
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
          Disk.sync(layout.quarantine());
          return place;
        }
      } catch (NoSuchFileException e) {
        // Another process was first.
        return layout.quarantine();
      }
    }
  }
}
