package org.amalgam.stages.tensor;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** A piece of an open file as a buffer. */
public final class FilePiece {
  /** Below this a copy costs less than a mapping, which stays until the next collection. */
  private static final int COPIED = 1 << 14;

  private FilePiece() {}

  /**
   * Reads a piece: mapped, or copied if it is small.
   *
   * @param at first byte
   * @param length less than 2 GiB
   * @return little-endian and read only
   */
  public static ByteBuffer of(FileChannel channel, long at, long length) throws IOException {
    if (length >= COPIED) {
      return channel.map(FileChannel.MapMode.READ_ONLY, at, length).order(ByteOrder.LITTLE_ENDIAN);
    }
    ByteBuffer copy = ByteBuffer.allocate((int) length);
    while (copy.hasRemaining()) {
      if (channel.read(copy, at + copy.position()) < 0) {
        throw new EOFException("the file ends at byte " + (at + copy.position()));
      }
    }
    return copy.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }
}
