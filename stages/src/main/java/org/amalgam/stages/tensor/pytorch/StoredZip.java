package org.amalgam.stages.tensor.pytorch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.tensor.TensorFileException;

/**
 * Where the parts of a zip file lie that holds them as they are, as {@code torch.save} writes it.
 * The JDK's reader does not tell that, and without it nothing can be mapped.
 *
 * @param entries where the bytes of each part lie, by its name
 */
record StoredZip(SortedMap<String, Extent> entries) {
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int END64_LOCATOR = 0x07064b50;
  private static final int END64_LOCATOR_BYTES = 20;
  private static final int END64 = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final long MASKED = 0xffffffffL;

  /** Half a million parts; more is no checkpoint. */
  private static final long MOST_DIRECTORY_BYTES = 1 << 25;

  /** Bytes {@code begin} (inclusive) to {@code end} (exclusive) of the file. */
  record Extent(long begin, long end) {
    long length() {
      return end - begin;
    }
  }

  /** A part as the directory tells of it. */
  private record Told(String name, long size, long header) {}

  /**
   * Reads the directory.
   *
   * @throws TensorFileException if it is unsound, a part is compressed or encrypted, has a name
   *     that leads elsewhere, or lies on another's or outside of the file
   */
  static StoredZip read(Path path, FileChannel channel) throws IOException {
    return new Reading(path, channel, channel.size()).zip();
  }

  private record Reading(Path path, FileChannel channel, long size) {
    StoredZip zip() throws IOException {
      ByteBuffer directory = directory();
      SortedMap<String, Extent> entries = new TreeMap<>();
      while (directory.remaining() >= CENTRAL_BYTES
          && directory.getInt(directory.position()) == CENTRAL) {
        Told told = told(directory);
        Extent extent = extent(told);
        if (entries.put(told.name(), extent) != null) {
          throw unsound("holds " + told.name() + " twice");
        }
      }
      if (directory.hasRemaining()) {
        throw unsound("has a directory that ends in something else");
      }
      checkApart(entries);
      return new StoredZip(entries);
    }

    /** The directory's bytes, found from the file's end. */
    private ByteBuffer directory() throws IOException {
      int tail = (int) Math.min(size, END_BYTES + LONGEST_COMMENT);
      ByteBuffer end = read(size - tail, tail);
      int at = tail - END_BYTES;
      while (at >= 0 && end.getInt(at) != END) {
        at--;
      }
      if (at < 0) {
        throw unsound("has no directory; is the file truncated?");
      }
      long length = end.getInt(at + 12) & MASKED;
      long start = end.getInt(at + 16) & MASKED;
      long locator = size - tail + at - END64_LOCATOR_BYTES;
      if (locator >= 0) {
        ByteBuffer found = read(locator, END64_LOCATOR_BYTES);
        if (found.getInt(0) == END64_LOCATOR) {
          ByteBuffer end64 = read(found.getLong(8), END64_BYTES);
          if (end64.getInt(0) != END64) {
            throw unsound("has no directory where it says");
          }
          length = end64.getLong(40);
          start = end64.getLong(48);
        }
      }
      if (length < 0 || length > MOST_DIRECTORY_BYTES) {
        throw unsound("tells of a directory of " + length + " bytes");
      }
      return read(start, (int) length);
    }

    private Told told(ByteBuffer directory) throws TensorFileException {
      int at = directory.position();
      int flags = directory.getShort(at + 8);
      int method = directory.getShort(at + 10) & 0xffff;
      long packed = directory.getInt(at + 20) & MASKED;
      long unpacked = directory.getInt(at + 24) & MASKED;
      int nameLength = directory.getShort(at + 28) & 0xffff;
      int extraLength = directory.getShort(at + 30) & 0xffff;
      int commentLength = directory.getShort(at + 32) & 0xffff;
      long header = directory.getInt(at + 42) & MASKED;
      if (nameLength + extraLength + commentLength > directory.remaining() - CENTRAL_BYTES) {
        throw unsound("has a directory that is cut short");
      }
      byte[] bytes = new byte[nameLength];
      directory.get(at + CENTRAL_BYTES, bytes);
      String name = new String(bytes, StandardCharsets.UTF_8);
      if (name.startsWith("/")
          || name.contains("..")
          || name.contains("\\")
          || name.contains(":")) {
        throw unsound("holds a part of the odd name " + name);
      }
      if (method != 0 || (flags & 1) != 0) {
        throw unsound(
            "holds "
                + name
                + " compressed or encrypted, as torch.save never does; unpack it and save it"
                + " again");
      }
      // Numbers that do not fit are in the extra field, in this order.
      ByteBuffer extra = zip64(directory, at + CENTRAL_BYTES + nameLength, extraLength);
      unpacked = unpacked == MASKED && extra.remaining() >= 8 ? extra.getLong() : unpacked;
      packed = packed == MASKED && extra.remaining() >= 8 ? extra.getLong() : packed;
      header = header == MASKED && extra.remaining() >= 8 ? extra.getLong() : header;
      if (packed != unpacked) {
        throw unsound("says two sizes of " + name);
      }
      directory.position(at + CENTRAL_BYTES + nameLength + extraLength + commentLength);
      return new Told(name, unpacked, header);
    }

    private static ByteBuffer zip64(ByteBuffer directory, int start, int length) {
      int at = start;
      while (at + 4 <= start + length) {
        int id = directory.getShort(at);
        int bytes = directory.getShort(at + 2) & 0xffff;
        if (id == 1 && at + 4 + bytes <= start + length) {
          return directory.slice(at + 4, bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
        at += 4 + bytes;
      }
      return ByteBuffer.allocate(0);
    }

    private Extent extent(Told told) throws IOException {
      ByteBuffer local = read(told.header(), LOCAL_BYTES);
      if (local.getInt(0) != LOCAL) {
        throw unsound("has no part " + told.name() + " where it says");
      }
      long begin =
          told.header()
              + LOCAL_BYTES
              + (local.getShort(26) & 0xffff)
              + (local.getShort(28) & 0xffff);
      if (told.size() < 0 || begin > size || told.size() > size - begin) {
        throw unsound("ends inside of its part " + told.name() + "; is the file truncated?");
      }
      return new Extent(begin, begin + told.size());
    }

    private void checkApart(SortedMap<String, Extent> entries) throws TensorFileException {
      List<Map.Entry<String, Extent>> byPlace = new ArrayList<>(entries.entrySet());
      byPlace.sort(Comparator.comparingLong(entry -> entry.getValue().begin()));
      for (int i = 1; i < byPlace.size(); i++) {
        if (byPlace.get(i).getValue().begin() < byPlace.get(i - 1).getValue().end()) {
          throw unsound(
              "holds %s inside of %s"
                  .formatted(byPlace.get(i).getKey(), byPlace.get(i - 1).getKey()));
        }
      }
    }

    private ByteBuffer read(long at, int length) throws IOException {
      if (at < 0 || at > size - length) {
        throw unsound("points behind its end; is the file truncated?");
      }
      ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, at + bytes.position()) < 0) {
          throw unsound("ends too early");
        }
      }
      return bytes.flip();
    }

    private TensorFileException unsound(String problem) {
      return new TensorFileException(path, "the zip file " + problem);
    }
  }
}
