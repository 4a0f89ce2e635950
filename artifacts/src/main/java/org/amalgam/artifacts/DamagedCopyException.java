package org.amalgam.artifacts;

/** Files that were to be an artifact are not that artifact; nothing was taken over. */
public class DamagedCopyException extends StoreException {
  private static final long serialVersionUID = 1;

  DamagedCopyException(Digest expected, Digest found) {
    super("the files for artifact " + expected + " are those of " + found);
  }
}
