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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.tensor.SafetensorsHeader.Extent;

/**
 * A new safetensors file whose every tensor has its place before any is known, so that several
 * threads can write it in any order. Wide elements come first, then names in order, so that every
 * tensor is aligned to its elements. The same tensors give the same bytes.
 *
 * <p>A file that is closed before it is {@link #complete} is deleted.
 */
public final class LaidOutSafetensors implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private final SortedMap<String, Extent> extents;
  private final long dataStart;
  private final long size;
  private boolean complete;

  private LaidOutSafetensors(
      Path path, FileChannel channel, SortedMap<String, Extent> extents, long dataStart) {
    this.path = path;
    this.channel = channel;
    this.extents = extents;
    this.dataStart = dataStart;
    this.size = dataStart + extents.values().stream().mapToLong(Extent::end).max().orElse(0);
  }

  /** The names in the order in which the tensors lie in such a file. */
  public static List<String> order(SortedMap<String, TensorInfo> tensors) {
    List<Map.Entry<String, TensorInfo>> entries = new ArrayList<>(tensors.entrySet());
    // The sort is stable: equal widths stay in the order of their names.
    entries.sort(Comparator.comparingInt(entry -> -entry.getValue().dtype().bytes()));
    return entries.stream().map(Map.Entry::getKey).toList();
  }

  /**
   * Creates or replaces a file and writes its header.
   *
   * @param metadata free texts; {@code format: pt} is added if there is no format
   * @throws TensorFileException if a tensor has a name that the format cannot hold or the header is
   *     too large
   */
  public static LaidOutSafetensors create(
      Path path, SortedMap<String, TensorInfo> tensors, Map<String, String> metadata)
      throws IOException {
    SortedMap<String, Extent> extents = extents(tensors);
    ByteBuffer start = SafetensorsHeader.start(path, extents, metadata);
    FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    LaidOutSafetensors file =
        new LaidOutSafetensors(
            path, channel, Collections.unmodifiableSortedMap(extents), start.remaining());
    boolean created = false;
    try {
      writeFully(channel, start, 0);
      created = true;
      return file;
    } finally {
      if (!created) {
        file.close();
      }
    }
  }

  private static SortedMap<String, Extent> extents(SortedMap<String, TensorInfo> tensors) {
    SortedMap<String, Extent> extents = new TreeMap<>();
    long at = 0;
    for (String name : order(tensors)) {
      TensorInfo info = tensors.get(name);
      if (info != null) {
        long end = Math.addExact(at, info.byteSize());
        extents.put(name, new Extent(info, at, end));
        at = end;
      }
    }
    return extents;
  }

  /**
   * Writes the header of a complete file anew, for texts that are known only once the tensors are.
   *
   * @param tensors those that the file was made of
   * @param metadata as long as the one that it was made with, in bytes
   * @throws IllegalArgumentException if the header has another length; the file is as it was
   */
  public static void replaceMetadata(
      Path path, SortedMap<String, TensorInfo> tensors, Map<String, String> metadata)
      throws IOException {
    ByteBuffer start = SafetensorsHeader.start(path, extents(tensors), metadata);
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      if (channel.read(length, 0) < Long.BYTES
          || length.getLong(0) != start.remaining() - Long.BYTES) {
        throw new IllegalArgumentException(path + ": the new header has another length");
      }
      writeFully(channel, start, 0);
    }
  }

  /**
   * Writes what remains in {@code bytes} into a tensor's place. Safe for use by several threads.
   *
   * @param offset bytes of the tensor to skip
   * @param bytes elements, row-major and little-endian; its position is left as it is
   * @throws IllegalArgumentException if there is no such tensor or place in it
   */
  public void write(String name, long offset, ByteBuffer bytes) throws IOException {
    Extent extent = extents.get(name);
    if (extent == null) {
      throw new IllegalArgumentException("tensor " + name + " was not declared");
    }
    if (offset < 0 || bytes.remaining() > extent.info().byteSize() - offset) {
      throw new IllegalArgumentException(
          "tensor %s has %d bytes, no %d from %d"
              .formatted(name, extent.info().byteSize(), bytes.remaining(), offset));
    }
    writeFully(channel, bytes.duplicate(), dataStart + extent.begin() + offset);
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes, long at)
      throws IOException {
    long next = at;
    while (bytes.hasRemaining()) {
      next += channel.write(bytes, next);
    }
  }

  /**
   * Says that everything is written.
   *
   * @throws IllegalStateException if the file's end was not
   */
  public void complete() throws IOException {
    if (channel.size() != size) {
      throw new IllegalStateException(path + " has " + channel.size() + " bytes, not " + size);
    }
    complete = true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!complete) {
      Files.deleteIfExists(path);
    }
  }
}
