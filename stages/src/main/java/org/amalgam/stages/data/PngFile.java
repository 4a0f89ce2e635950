package org.amalgam.stages.data;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.Adler32;
import java.util.zip.CRC32;

/**
 * Writes PNG files without compression: what a compressor makes differs from one JDK to the next,
 * and the bytes of an artifact must not.
 */
public final class PngFile {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  private static final int LARGEST_BLOCK = 65_535;

  private PngFile() {}

  /**
   * Writes a picture.
   *
   * @param rgb three bytes a pixel, row by row
   */
  public static void write(Path path, int width, int height, byte[] rgb) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream header = new DataOutputStream(bytes);
    header.writeInt(width);
    header.writeInt(height);
    // Eight bits, RGB, deflate, the five filters, not interlaced.
    header.write(new byte[] {8, 2, 0, 0, 0});
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(path))) {
      out.write(SIGNATURE);
      chunk(out, "IHDR", bytes.toByteArray());
      chunk(out, "IDAT", stored(rows(width, height, rgb)));
      chunk(out, "IEND", new byte[0]);
    }
  }

  /** Each row after the number of its filter, none. */
  private static byte[] rows(int width, int height, byte[] rgb) {
    byte[] rows = new byte[height * (1 + 3 * width)];
    for (int y = 0; y < height; y++) {
      System.arraycopy(rgb, y * 3 * width, rows, y * (1 + 3 * width) + 1, 3 * width);
    }
    return rows;
  }

  /** A zlib stream of stored blocks (RFC 1950, RFC 1951 section 3.2.4). */
  private static byte[] stored(byte[] data) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(0x78);
    out.write(0x01);
    for (int at = 0; at < data.length; at += LARGEST_BLOCK) {
      int length = Math.min(LARGEST_BLOCK, data.length - at);
      out.write(at + length == data.length ? 1 : 0);
      out.writeShort(Short.reverseBytes((short) length));
      out.writeShort(Short.reverseBytes((short) ~length));
      out.write(data, at, length);
    }
    Adler32 checksum = new Adler32();
    checksum.update(data);
    out.writeInt((int) checksum.getValue());
    return bytes.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 checksum = new CRC32();
    checksum.update(name);
    checksum.update(data);
    out.writeInt(data.length);
    out.write(name);
    out.write(data);
    out.writeInt((int) checksum.getValue());
  }
}
