/**
 * Content-addressed artifacts on a plain file system.
 *
 * <p>Start at {@link ArtifactStore}. An artifact is a directory of files; its {@link Digest} is the
 * digest of its {@link Manifest}. A stage key points at an artifact through a {@link KeyEntry}, and
 * {@link Provenance} says how the artifact came to be. JDK only.
 *
 * <p>A store is a directory. Plain files are the only truth, and each is put in place by a rename:
 *
 * <pre>
 * format                        "amalgam-store 1"; written first, so no other directory is mistaken for a store
 * artifacts/ab/&lt;digest&gt;/        one artifact, never changed after the rename that puts it there
 *   manifest                    the text of {@link Manifest}: its SHA-256 is the directory's name
 *   files/                      what the stage wrote (so a file named "manifest" is in nobody's way), read-only
 * keys/ab/&lt;key&gt;.json           {@link KeyEntry} as canonical JSON {artifact, key, parts}: the same bytes for the
 *                               same work wherever it is done, so no times
 * provenance/ab/&lt;key&gt;.json     {@link Provenance}, with times
 * logs/ab/&lt;key&gt;.log            what every attempt at the key logged
 * origins/ab/&lt;key&gt;.json        {@link Origin}; only of results that were computed elsewhere
 * checked/ab/&lt;digest&gt;          how the files of a large artifact stood when they were last found sound; may be lost
 * pins/&lt;name&gt;.json             {@link Pin}
 * scratch/&lt;key&gt;/                checkpoints; outlives attempts, removed when the key is published
 * leases/&lt;key&gt;.lock            empty; the operating system's lock on it is the lease. Never removed: removing a
 *                               lock file that somebody is about to lock breaks the exclusion
 * leases/held/&lt;key&gt;.json       who holds the lease, with a heartbeat; for people and for file systems whose locks
 *                               do not reach other hosts
 * leases/collection.lock       locked by a {@link GarbageCollection} while it deletes
 * leases/condemned              the artifacts that the collection under way is about to delete
 * tmp/&lt;owner&gt;/                  workspaces and half-written files of one process
 * tmp/&lt;owner&gt;/used             the digests of the artifacts that the process may read, noted before it looks for
 *                               them, so that no collection takes one away
 * tmp/&lt;owner&gt;.lock              locked by that process while it lives; who opens the store sweeps the others
 * quarantine/&lt;digest&gt;.&lt;n&gt;/      artifacts that were found corrupt
 * quarantine/&lt;digest&gt;.strays.&lt;n&gt;/ files that were found in an artifact and are not of it
 * </pre>
 *
 * <p>Publishing goes: files synced, hashed, renamed to {@code artifacts/}, then provenance, then
 * the index entry. Killed before the rename, only {@code tmp/} has something; killed after it, the
 * store has an artifact that no key points at, and computing the key again finds the bytes in
 * place.
 *
 * <p>The time of change of an artifact's directory is when it was last used. A {@link SharedStore}
 * is a store like any other, to which many runners' own stores turn for what they lack. A store
 * that cannot be written to can be read.
 */
@NullMarked
package org.amalgam.artifacts;

import org.jspecify.annotations.NullMarked;
