package org.amalgam.artifacts;

/**
 * The right to compute one key, held by one process; released on close or when the process dies.
 */
public interface Lease extends AutoCloseable {
  @Override
  void close();
}
