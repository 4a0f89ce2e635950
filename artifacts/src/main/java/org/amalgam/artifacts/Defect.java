package org.amalgam.artifacts;

import java.util.Optional;

/**
 * Something in a store that is not as it should be.
 *
 * @param message one line, with the path
 * @param digest of the artifact, or the key of the entry, that it is about
 */
public record Defect(Kind kind, String message, Optional<Digest> digest) {
  /** What is wrong. */
  public enum Kind {
    /** A file of an artifact, or its manifest, is missing or has other bytes. */
    DAMAGED_ARTIFACT,
    /** An artifact has a file that its manifest does not name. */
    STRAY_FILE,
    /** An index entry points at an artifact that is not there. */
    MISSING_ARTIFACT,
    /** An index entry cannot be read. */
    INDEX_ENTRY,
    /** How a result came to be is missing or cannot be read. */
    PROVENANCE,
    /** A file that belongs to no part of the store, or that cannot be read. */
    OTHER
  }
}
