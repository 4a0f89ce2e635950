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
 * SafetensorsException}. The file must not be cut short by others while it is open.
 */
public final class SafetensorsFile implements AutoCloseable {
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
   * @throws SafetensorsException if it is missing or not a sound safetensors file
   */
  public static SafetensorsFile open(Path path) throws SafetensorsException {
    FileChannel channel;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new SafetensorsException(path, "there is no such file", e);
    } catch (IOException e) {
      throw new SafetensorsException(path, "cannot be opened: " + e.getMessage(), e);
    }
    boolean opened = false;
    try {
      SafetensorsFile file = read(path, channel);
      opened = true;
      return file;
    } catch (SafetensorsException e) {
      throw e;
    } catch (IOException e) {
      throw new SafetensorsException(path, "cannot be read: " + e.getMessage(), e);
    } finally {
      if (!opened) {
        closeQuietly(channel);
      }
    }
  }

  private static SafetensorsFile read(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw new SafetensorsException(path, "has only " + size + " bytes, no safetensors header");
    }
    long headerBytes = readFully(path, channel, 0, Long.BYTES).getLong();
    if (headerBytes < 0 || headerBytes > SafetensorsHeader.MAX_BYTES) {
      throw new SafetensorsException(
          path,
          "tells of a header of "
              + Long.toUnsignedString(headerBytes)
              + " bytes, more than "
              + SafetensorsHeader.MAX_BYTES
              + "; is it a safetensors file?");
    }
    if (headerBytes > size - Long.BYTES) {
      throw new SafetensorsException(
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
        throw new SafetensorsException(path, "ends in its header");
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

  public Path path() {
    return path;
  }

  /** The names of all tensors, sorted. */
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(header.tensors().keySet()));
  }

  public boolean contains(String name) {
    return header.tensors().containsKey(name);
  }

  /** The free texts of the file by name, such as {@code format}. */
  public SortedMap<String, String> metadata() {
    return Collections.unmodifiableSortedMap(header.metadata());
  }

  /**
   * Type and shape of a tensor.
   *
   * @throws SafetensorsException if there is no such tensor
   */
  public TensorInfo info(String name) throws SafetensorsException {
    return extent(name).info();
  }

  /**
   * The elements of a tensor: mapped, read only, little-endian.
   *
   * @throws SafetensorsException if there is no such tensor or it has 2 GiB or more
   */
  public ByteBuffer bytes(String name) throws SafetensorsException {
    return bytes(name, 0, extent(name).info().byteSize());
  }

  /**
   * A piece of the elements of a tensor: mapped, read only, little-endian.
   *
   * @param offset bytes to skip
   * @param length bytes to give, less than 2 GiB
   * @throws SafetensorsException if there is no such piece
   */
  public ByteBuffer bytes(String name, long offset, long length) throws SafetensorsException {
    Extent extent = extent(name);
    long size = extent.info().byteSize();
    if (offset < 0 || length < 0 || length > size - offset) {
      throw new SafetensorsException(
          path, "tensor " + name + " has " + size + " bytes, no " + length + " from " + offset);
    }
    if (length > Integer.MAX_VALUE) {
      throw new SafetensorsException(
          path,
          "tensor " + name + ": " + length + " bytes are too many at once; read it in pieces");
    }
    if (length == 0) {
      return ByteBuffer.allocate(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
    try {
      long at = dataStart + extent.begin() + offset;
      return channel.map(FileChannel.MapMode.READ_ONLY, at, length).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new SafetensorsException(
          path, "tensor " + name + " cannot be mapped: " + e.getMessage(), e);
    }
  }

  /**
   * A copy of a tensor as f32; F64 is rounded, F16 and BF16 are exact.
   *
   * @throws SafetensorsException if there is no such tensor, its type is not floating or it has too
   *     many elements for an array
   */
  public float[] floats(String name) throws SafetensorsException {
    TensorInfo info = info(name);
    DType dtype = info.dtype();
    if (!dtype.isFloating()) {
      throw new SafetensorsException(path, "tensor " + name + " is " + dtype + ", not floating");
    }
    if (info.elements() > Integer.MAX_VALUE - 8) {
      throw new SafetensorsException(
          path, "tensor " + name + ": " + info.elements() + " elements are too many at once");
    }
    float[] values = new float[(int) info.elements()];
    long step = 1 << 24;
    for (long at = 0; at < values.length; at += step) {
      long count = Math.min(step, values.length - at);
      ByteBuffer piece = bytes(name, at * dtype.bytes(), count * dtype.bytes());
      FloatConversion.read(dtype, piece, values, (int) at);
    }
    return values;
  }

  /** A tensor, still mapped: no copy is made. */
  public HostTensor tensor(String name) throws SafetensorsException {
    return new HostTensor(info(name), bytes(name));
  }

  private Extent extent(String name) throws SafetensorsException {
    Extent extent = header.tensors().get(name);
    if (extent == null) {
      throw new SafetensorsException(path, "has no tensor " + name);
    }
    return extent;
  }

  /** Closes the file. Buffers already given out stay valid. */
  @Override
  public void close() throws SafetensorsException {
    try {
      channel.close();
    } catch (IOException e) {
      throw new SafetensorsException(path, "cannot be closed: " + e.getMessage(), e);
    }
  }
}
