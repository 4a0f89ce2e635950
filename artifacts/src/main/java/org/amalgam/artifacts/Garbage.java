package org.amalgam.artifacts;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * Something that a collection would take out of a store.
 *
 * @param path what is deleted
 * @param bytes what that frees
 * @param used when it was last used
 * @param reason why nobody needs it
 * @param keys those that point at it, where it is an artifact, or whose checkpoints or log it is
 */
public record Garbage(
    Kind kind, Path path, long bytes, Instant used, String reason, List<Digest> keys) {
  /** What it is. */
  public enum Kind {
    /** An artifact with its index entries, provenance and logs. */
    ARTIFACT,
    /** Checkpoints of a stage that was never finished. */
    CHECKPOINTS,
    /** The log of a stage that was never finished. */
    LOG,
    /** What was found damaged. */
    QUARANTINED
  }

  /** The last part of the path: an artifact's digest, a key. */
  public String name() {
    return path.getFileName().toString();
  }
}
