package org.amalgam.artifacts;

/** What is done with a second, shared store. */
public enum Share {
  /** Nothing. */
  OFF,
  /** A key that the own store lacks is looked up there, and what is found is copied here. */
  READ,
  /** As {@link #READ}, and what is computed here is copied there. */
  WRITE
}
