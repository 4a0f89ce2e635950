package org.amalgam.stages.data;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.amalgam.pipelines.stage.StageFailure;

/**
 * Unsigned bytes in LeCun's idx format: the magic number 0x0000080D for D dimensions, D big-endian
 * sizes, then the values.
 *
 * @param width 1 where there is one dimension
 * @param height 1 where there is one dimension
 * @param bytes all items, one after the other
 */
@SuppressWarnings("ArrayRecordComponent") // read in place; not compared
record IdxFile(Path path, int count, int height, int width, byte[] bytes) {
  private static final int MAGIC = 0x800;

  /**
   * Reads {@code name.gz} or {@code name}.
   *
   * @param dimensions 1 for labels, 3 for images
   */
  static IdxFile read(Path directory, String name, int dimensions)
      throws IOException, StageFailure {
    Path path = directory.resolve(name + ".gz");
    boolean compressed = Files.exists(path);
    if (!compressed) {
      path = directory.resolve(name);
    }
    if (!Files.exists(path)) {
      throw new StageFailure(
          directory
              + " has neither "
              + name
              + ".gz nor "
              + name
              + "; install Debian's dataset-fashion-mnist, or give another directory");
    }
    try (InputStream file = Files.newInputStream(path);
        DataInputStream in = new DataInputStream(compressed ? new GZIPInputStream(file) : file)) {
      int magic = in.readInt();
      if (magic != MAGIC + dimensions) {
        throw new StageFailure(
            "%s: begins with 0x%08x, an idx file of %d dimensions of bytes with 0x%08x"
                .formatted(path, magic, dimensions, MAGIC + dimensions));
      }
      int count = in.readInt();
      int height = dimensions == 3 ? in.readInt() : 1;
      int width = dimensions == 3 ? in.readInt() : 1;
      long size = (long) count * height * width;
      if (count < 0 || height < 1 || width < 1 || size > Integer.MAX_VALUE - 16) {
        throw new StageFailure(path + ": states " + count + " items of " + height + " by " + width);
      }
      byte[] bytes = in.readNBytes((int) size);
      if (bytes.length < size) {
        throw new EOFException();
      }
      return new IdxFile(path, count, height, width, bytes);
    } catch (EOFException e) {
      throw new StageFailure(path + ": ends before all items that it states", e);
    } catch (ZipException e) {
      throw new StageFailure(path + ": is not sound gzip: " + e.getMessage(), e);
    }
  }
}
