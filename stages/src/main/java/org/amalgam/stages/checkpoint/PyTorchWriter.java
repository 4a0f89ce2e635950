package org.amalgam.stages.checkpoint;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.TensorSource;

/**
 * Writes what {@code torch.load} reads: a zip file with {@code {"state_dict": {name: tensor}}}, as
 * the released code wants it. Each tensor is read twice, since its checksum comes before it.
 */
public final class PyTorchWriter {
  private static final Map<DType, String> STORAGES =
      Map.of(
          DType.F64, "DoubleStorage",
          DType.F32, "FloatStorage",
          DType.F16, "HalfStorage",
          DType.BF16, "BFloat16Storage",
          DType.I64, "LongStorage",
          DType.I32, "IntStorage",
          DType.I16, "ShortStorage",
          DType.I8, "CharStorage",
          DType.U8, "ByteStorage",
          DType.BOOL, "BoolStorage");

  private PyTorchWriter() {}

  /** Creates or replaces a file of all tensors; a file that is not whole is deleted. */
  public static void write(TensorSource source, Path file) throws IOException {
    SortedMap<String, TensorInfo> tensors = TensorCopy.infos(source);
    boolean whole = false;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      whole(zip, "archive/data.pkl", new Pickle(tensors).bytes());
      int key = 0;
      for (String name : tensors.keySet()) {
        storage(zip, "archive/data/" + key++, source, name);
      }
      whole(zip, "archive/version", "3\n".getBytes(StandardCharsets.US_ASCII));
      zip.finish();
      whole = true;
    } finally {
      if (!whole) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void whole(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    begin(zip, name, bytes.length, sum);
    zip.write(bytes);
    zip.closeEntry();
  }

  private static void storage(ZipOutputStream zip, String name, TensorSource source, String tensor)
      throws IOException {
    CRC32 sum = new CRC32();
    TensorCopy.pieces(source, tensor, sum::update);
    begin(zip, name, source.info(tensor).byteSize(), sum);
    WritableByteChannel channel = Channels.newChannel(zip);
    TensorCopy.pieces(
        source,
        tensor,
        piece -> {
          while (piece.hasRemaining()) {
            channel.write(piece);
          }
        });
    zip.closeEntry();
  }

  /** Stored, without a time: the same tensors give the same bytes. */
  private static void begin(ZipOutputStream zip, String name, long size, CRC32 sum)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
    entry.setSize(size);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
  }

  /** The pickle of protocol 2: dictionaries, and each tensor as a view of a storage of its own. */
  private static final class Pickle {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Pickle(SortedMap<String, TensorInfo> tensors) {
      raw(0x80, 2, '}');
      text("state_dict");
      raw('}', '(');
      int key = 0;
      for (Map.Entry<String, TensorInfo> tensor : new TreeMap<>(tensors).entrySet()) {
        text(tensor.getKey());
        tensor(String.valueOf(key++), tensor.getValue());
      }
      raw('u', 's', '.');
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }

    private void tensor(String key, TensorInfo info) {
      global("torch._utils", "_rebuild_tensor_v2");
      raw('(', '(');
      text("storage");
      global("torch", STORAGES.getOrDefault(info.dtype(), ""));
      text(key);
      text("cpu");
      number(info.elements());
      raw('t', 'Q', 'K', 0);
      long[] shape = info.shape();
      raw('(');
      for (long side : shape) {
        number(side);
      }
      raw('t', '(');
      for (int i = 0; i < shape.length; i++) {
        long stride = 1;
        for (int j = i + 1; j < shape.length; j++) {
          stride *= Math.max(1, shape[j]);
        }
        number(stride);
      }
      // It takes no gradient and has no hooks: an empty OrderedDict.
      raw('t', 0x89);
      global("collections", "OrderedDict");
      raw(')', 'R', 't', 'R');
    }

    private void raw(int... opcodes) {
      for (int opcode : opcodes) {
        bytes.write(opcode);
      }
    }

    private void global(String module, String name) {
      bytes.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      raw('X');
      bytes.writeBytes(little(4).putInt(utf8.length).array());
      bytes.writeBytes(utf8);
    }

    private void number(long number) {
      if (number <= Integer.MAX_VALUE) {
        raw('J');
        bytes.writeBytes(little(4).putInt((int) number).array());
      } else {
        raw(0x8a, Long.BYTES);
        bytes.writeBytes(little(Long.BYTES).putLong(number).array());
      }
    }

    private static ByteBuffer little(int length) {
      return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
