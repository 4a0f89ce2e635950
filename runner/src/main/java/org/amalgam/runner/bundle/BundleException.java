package org.amalgam.runner.bundle;

import java.nio.file.Path;

/** A file is no bundle, or not the one that was exported; nothing of it was taken over. */
public final class BundleException extends Exception {
  private static final long serialVersionUID = 1;

  BundleException(String message) {
    super(message);
  }

  BundleException(Path file, String message) {
    super("bundle " + file + " is refused: " + message);
  }
}
