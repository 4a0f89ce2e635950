package org.amalgam.stages.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.tensor.LaidOutSafetensors;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.TensorSource;

/** Writes tensors as they are read, piece by piece. */
public final class TensorCopy {
  private static final long AT_ONCE = 1 << 24;

  /** Takes the elements of a tensor. */
  public interface Sink {
    void accept(ByteBuffer piece) throws IOException;
  }

  private TensorCopy() {}

  /** Type and shape of each tensor. */
  public static SortedMap<String, TensorInfo> infos(TensorSource source) throws IOException {
    SortedMap<String, TensorInfo> infos = new TreeMap<>();
    for (String name : source.names()) {
      infos.put(name, source.info(name));
    }
    return infos;
  }

  /** Creates or replaces a safetensors file of some of the tensors. */
  public static void safetensors(
      TensorSource source,
      SortedMap<String, TensorInfo> tensors,
      Map<String, String> metadata,
      Path file)
      throws IOException {
    try (LaidOutSafetensors output = LaidOutSafetensors.create(file, tensors, metadata)) {
      for (String name : LaidOutSafetensors.order(tensors)) {
        long[] written = {0};
        pieces(
            source,
            name,
            piece -> {
              output.write(name, written[0], piece);
              written[0] += piece.remaining();
            });
      }
      output.complete();
    }
  }

  /** Reads a tensor from its beginning to its end. */
  public static void pieces(TensorSource source, String name, Sink sink) throws IOException {
    long size = source.info(name).byteSize();
    for (long at = 0; at < size; at += AT_ONCE) {
      sink.accept(source.bytes(name, at, Math.min(AT_ONCE, size - at)));
    }
  }
}
