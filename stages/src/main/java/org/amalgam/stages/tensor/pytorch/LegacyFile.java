package org.amalgam.stages.tensor.pytorch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.tensor.FilePiece;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.pytorch.Pickled.Dictionary;
import org.amalgam.stages.tensor.pytorch.Pickled.Items;
import org.amalgam.stages.tensor.pytorch.Pickled.Storage;
import org.amalgam.stages.tensor.pytorch.PyTorchCheckpoint.StorageMap;
import org.amalgam.stages.tensor.pytorch.StoredZip.Extent;

/**
 * The format of {@code torch.save} before 1.6: five pickles (a magic number, a version, the
 * machine, the object, the keys of its storages), then each storage's count of elements and bytes.
 */
final class LegacyFile {
  /** Of all pickles together; the elements are not in them. */
  private static final long MOST_PICKLED = 1 << 26;

  private static final long VERSION = 1001;

  private LegacyFile() {}

  /** A part of a file; of a pickle that is too long, only its start. */
  static ByteBuffer map(FileChannel channel, Extent extent) throws IOException {
    return FilePiece.of(channel, extent.begin(), Math.min(extent.length(), MOST_PICKLED));
  }

  static StorageMap read(Path path, FileChannel channel) throws IOException {
    long size = channel.size();
    ByteBuffer start = map(channel, new Extent(0, size));
    if (!start.hasRemaining() || start.get(0) != (byte) 0x80) {
      throw new TensorFileException(
          path, "is neither a safetensors file nor one that torch.save wrote");
    }
    Object magic = new Unpickler(path, start).load();
    if (!Unpickler.MAGIC.equals(magic)) {
      throw new TensorFileException(
          path, "is a pickle, but none that torch.save wrote: its magic number is missing");
    }
    Object version = new Unpickler(path, start).load();
    if (!version.equals(VERSION)) {
      throw new TensorFileException(path, "is of a version other than " + VERSION);
    }
    Object machine = new Unpickler(path, start).load();
    boolean big =
        machine instanceof Dictionary facts && Boolean.FALSE.equals(facts.get("little_endian"));
    Unpickler object = new Unpickler(path, start);
    Object saved = object.load();
    Object keys = new Unpickler(path, start).load();
    if (!(keys instanceof Items list)) {
      throw new TensorFileException(path, "does not list its storages");
    }
    SortedMap<String, Extent> extents = new TreeMap<>();
    long at = start.position();
    for (Object key : list.items) {
      Storage storage = key instanceof String name ? object.storages().get(name) : null;
      if (storage == null || size - at < Long.BYTES) {
        throw new TensorFileException(
            path, "has storages that no tensor is of, or ends before them; is it truncated?");
      }
      long elements = elements(channel, at, big);
      at += Long.BYTES;
      int width = storage.dtype().bytes();
      if (elements < 0 || elements > (size - at) / width) {
        throw new TensorFileException(
            path,
            "storage %s is said to have %d elements, but the file ends; is it truncated?"
                .formatted(storage.key(), elements));
      }
      extents.put(storage.key(), new Extent(at, at + elements * width));
      at += elements * width;
    }
    return new StorageMap(saved, extents, big);
  }

  private static long elements(FileChannel channel, long at, boolean big) throws IOException {
    return FilePiece.of(channel, at, Long.BYTES)
        .order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
        .getLong();
  }
}
