package org.amalgam.stages.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.amalgam.stages.tensor.SafetensorsHeader.Extent;

/**
 * A safetensors file, open for reading. Tensors are mapped into memory when asked for, so a file
 * may be larger than the memory. Safe for use by several threads.
 *
 * <p>Whatever the bytes of the file, every method gives a result or throws {@link
 * TensorFileException}. The file must not be cut short by others while it is open.
 */
public final class SafetensorsFile implements TensorSource {
  private final Path path;
  private final FileChannel channel;
  private final SafetensorsHeader header;
  private final long dataStart;

  private SafetensorsFile(
      Path path, FileChannel channel, SafetensorsHeader header, long dataStart) {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.dataStart = dataStart;
  }

  /**
   * Opens a file and checks its whole header.
   *
   * @throws TensorFileException if it is missing or not a sound safetensors file
   */
  public static SafetensorsFile open(Path path) throws TensorFileException {
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new TensorFileException(path, "there is no such file", e);
    } catch (IOException e) {
      throw new TensorFileException(path, "cannot be opened: " + e.getMessage(), e);
    }
    boolean opened = false;
    try {
      SafetensorsFile file = read(path, channel);
      opened = true;
      return file;
    } catch (TensorFileException e) {
      throw e;
    } catch (IOException e) {
      throw new TensorFileException(path, "cannot be read: " + e.getMessage(), e);
    } finally {
      if (!opened) {
        closeQuietly(channel);
      }
    }
  }

  private static SafetensorsFile read(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw new TensorFileException(path, "has only " + size + " bytes, no safetensors header");
    }
    long headerBytes = readFully(path, channel, 0, Long.BYTES).getLong();
    if (headerBytes < 0 || headerBytes > SafetensorsHeader.MAX_BYTES) {
      throw new TensorFileException(
          path,
          "tells of a header of "
              + Long.toUnsignedString(headerBytes)
              + " bytes, more than "
              + SafetensorsHeader.MAX_BYTES
              + "; is it a safetensors file?");
    }
    if (headerBytes > size - Long.BYTES) {
      throw new TensorFileException(
          path, "tells of a header of " + headerBytes + " bytes, but has only " + size);
    }
    ByteBuffer text = readFully(path, channel, Long.BYTES, (int) headerBytes);
    long dataStart = Long.BYTES + headerBytes;
    SafetensorsHeader header = SafetensorsHeader.parse(path, text, size - dataStart);
    return new SafetensorsFile(path, channel, header, dataStart);
  }

  private static ByteBuffer readFully(Path path, FileChannel channel, long at, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new TensorFileException(path, "ends in its header");
      }
    }
    return buffer.flip();
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The reason for closing is already on its way, and nothing was written.
    }
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(header.tensors().keySet()));
  }

  @Override
  public boolean contains(String name) {
    return header.tensors().containsKey(name);
  }

  @Override
  public SortedMap<String, String> metadata() {
    return Collections.unmodifiableSortedMap(header.metadata());
  }

  @Override
  public TensorInfo info(String name) throws TensorFileException {
    return extent(name).info();
  }

  @Override
  public ByteBuffer bytes(String name, long offset, long length) throws TensorFileException {
    Extent extent = extent(name);
    long size = extent.info().byteSize();
    TensorSource.checkPiece(path, name, size, offset, length);
    if (length == 0) {
      return ByteBuffer.allocate(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
    try {
      long at = dataStart + extent.begin() + offset;
      return FilePiece.of(channel, at, length);
    } catch (IOException e) {
      throw new TensorFileException(
          path, "tensor " + name + " cannot be mapped: " + e.getMessage(), e);
    }
  }

  private Extent extent(String name) throws TensorFileException {
    Extent extent = header.tensors().get(name);
    if (extent == null) {
      throw new TensorFileException(path, "has no tensor " + name);
    }
    return extent;
  }

  /** Closes the file. Buffers already given out stay valid. */
  @Override
  public void close() throws TensorFileException {
    try {
      channel.close();
    } catch (IOException e) {
      throw new TensorFileException(path, "cannot be closed: " + e.getMessage(), e);
    }
  }
}
