/**
 * Content-addressed artifacts on a plain file system.
 *
 * <p>Start at {@link ArtifactStore}. An artifact is a directory of files; its {@link Digest} is the
 * digest of its {@link Manifest}. A stage key points at an artifact through a {@link KeyEntry}, and
 * {@link Provenance} says how the artifact came to be. JDK only.
 */
@NullMarked
package org.amalgam.artifacts;

import org.jspecify.annotations.NullMarked;
