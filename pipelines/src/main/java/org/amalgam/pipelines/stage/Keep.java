package org.amalgam.pipelines.stage;

/** How long an artifact is worth its space, for the store's garbage collection. */
public enum Keep {
  /** A result: kept as long as a run that made it is known. */
  FINAL,
  /** A step on the way: may go when space is short, and is made again when it is needed. */
  INTERMEDIATE,
  /** Worth nothing once what reads it is there. */
  SCRATCH
}
