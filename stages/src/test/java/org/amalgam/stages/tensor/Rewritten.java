package org.amalgam.stages.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A small file that gets one content after the other. Opening it anew for each would empty it
 * first, and file systems write out what is emptied and filled again before they go on.
 */
public record Rewritten(FileChannel channel) implements AutoCloseable {
  public static Rewritten at(Path path) throws IOException {
    return new Rewritten(
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
  }

  public void write(byte[] bytes) throws IOException {
    channel.write(ByteBuffer.wrap(bytes), 0);
    channel.truncate(bytes.length);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
