package org.amalgam.stages.tensor.pytorch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes pickles opcode by opcode, and the zip files that they are in. */
final class Pickles {
  private Pickles() {}

  /** Characters and numbers are bytes, a text follows its length in four bytes. */
  static byte[] of(Object... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Object part : parts) {
      if (part instanceof Character opcode) {
        bytes.write(opcode);
      } else if (part instanceof Integer number) {
        bytes.write(number);
      } else if (part instanceof byte[] some) {
        bytes.writeBytes(some);
      } else {
        byte[] text = part.toString().getBytes(StandardCharsets.UTF_8);
        bytes.writeBytes(
            ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(text.length).array());
        bytes.writeBytes(text);
      }
    }
    return bytes.toByteArray();
  }

  /** {@code cMODULE\nNAME\n}. */
  static byte[] global(String module, String name) {
    return ("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** A checkpoint with one storage of 16 bytes, which has the key 0. */
  static void zip(Path path, byte[] pickle) throws IOException {
    SortedMap<String, byte[]> entries = new TreeMap<>(Map.of("a/data.pkl", pickle));
    entries.put("a/data/0", new byte[16]);
    zip(path, entries);
  }

  static void zip(Path path, SortedMap<String, byte[]> entries) throws IOException {
    try (OutputStream out = Files.newOutputStream(path);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> part : entries.entrySet()) {
        CRC32 sum = new CRC32();
        sum.update(part.getValue());
        ZipEntry entry = new ZipEntry(part.getKey());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(part.getValue().length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(part.getValue());
      }
    }
  }
}
