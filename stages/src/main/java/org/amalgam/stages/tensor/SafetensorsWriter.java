package org.amalgam.stages.tensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.tensor.SafetensorsHeader.Extent;

/**
 * Writes a safetensors file as a stream: what it holds is declared first, then the tensors are
 * written in the order of their names. The same tensors give the same bytes.
 *
 * <p>A writer that is closed before everything is written deletes the file.
 */
public final class SafetensorsWriter implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final SortedMap<String, Extent> extents;
  private final List<String> names;
  private final List<Extent> inOrder;
  private int current;
  private long written;

  private SafetensorsWriter(Path path, FileChannel channel, SortedMap<String, Extent> extents) {
    this.path = path;
    this.channel = channel;
    this.extents = extents;
    this.names = Collections.unmodifiableList(new ArrayList<>(extents.keySet()));
    this.inOrder = new ArrayList<>(extents.values());
    skipEmpty();
  }

  /**
   * Creates or replaces a file and writes its header.
   *
   * @param metadata free texts; {@code format: pt} is added if there is no format
   * @throws TensorFileException if a tensor has a name that the format cannot hold or the header is
   *     too large
   */
  public static SafetensorsWriter create(
      Path path, SortedMap<String, TensorInfo> tensors, Map<String, String> metadata)
      throws IOException {
    SortedMap<String, Extent> extents = new TreeMap<>();
    long at = 0;
    for (Map.Entry<String, TensorInfo> entry : new TreeMap<>(tensors).entrySet()) {
      long end = Math.addExact(at, entry.getValue().byteSize());
      extents.put(entry.getKey(), new Extent(entry.getValue(), at, end));
      at = end;
    }
    ByteBuffer start = SafetensorsHeader.start(path, extents, metadata);
    FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    SafetensorsWriter writer = new SafetensorsWriter(path, channel, extents);
    boolean created = false;
    try {
      writer.writeFully(start);
      created = true;
      return writer;
    } finally {
      if (!created) {
        writer.abandon();
      }
    }
  }

  /** Writes a whole file. */
  public static void write(
      Path path, SortedMap<String, HostTensor> tensors, Map<String, String> metadata)
      throws IOException {
    SortedMap<String, TensorInfo> infos = new TreeMap<>();
    tensors.forEach((name, tensor) -> infos.put(name, tensor.info()));
    try (SafetensorsWriter writer = create(path, infos, metadata)) {
      for (String name : writer.names()) {
        HostTensor tensor = tensors.get(name);
        if (tensor != null) {
          writer.write(name, tensor.data());
        }
      }
    }
  }

  /** The names of all tensors in the order in which they are to be written: sorted. */
  public List<String> names() {
    return names;
  }

  /**
   * Writes what remains in {@code bytes} to a tensor, whole or as its next piece. Tensors without
   * elements need no call.
   *
   * @param bytes elements, row-major and little-endian
   * @throws IllegalArgumentException if another tensor is due or these are too many bytes
   */
  public void write(String name, ByteBuffer bytes) throws IOException {
    Extent extent = extents.get(name);
    if (extent == null) {
      throw new IllegalArgumentException("tensor " + name + " was not declared");
    }
    if (extent.info().byteSize() == 0 && !bytes.hasRemaining()) {
      return;
    }
    if (current == names.size() || !names.get(current).equals(name)) {
      throw new IllegalArgumentException(
          "tensor "
              + name
              + " is not due, but "
              + (current == names.size() ? "no more" : names.get(current)));
    }
    long left = extent.info().byteSize() - written;
    if (bytes.remaining() > left) {
      throw new IllegalArgumentException(
          "tensor " + name + " lacks " + left + " bytes, not " + bytes.remaining());
    }
    written += bytes.remaining();
    writeFully(bytes.duplicate());
    if (written == extent.info().byteSize()) {
      current++;
      written = 0;
      skipEmpty();
    }
  }

  /** Like {@link #write(String, ByteBuffer)} for an F32 tensor. */
  public void write(String name, float[] values) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    int step = piece.capacity() / Float.BYTES;
    for (int at = 0; at < values.length; at += step) {
      int count = Math.min(step, values.length - at);
      piece.clear().limit(count * Float.BYTES);
      piece.asFloatBuffer().put(values, at, count);
      write(name, piece);
    }
  }

  private void skipEmpty() {
    while (current < names.size() && inOrder.get(current).info().byteSize() == 0) {
      current++;
    }
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private void abandon() throws IOException {
    channel.close();
    Files.deleteIfExists(path);
  }

  /**
   * Completes the file.
   *
   * @throws IllegalStateException if a tensor was not written; the file is deleted
   */
  @Override
  public void close() throws IOException {
    if (!channel.isOpen()) {
      return;
    }
    if (current < names.size()) {
      abandon();
      throw new IllegalStateException(
          "tensor " + names.get(current) + " was not written to " + path);
    }
    channel.close();
  }
}
