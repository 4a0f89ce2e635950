package org.amalgam.stages.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.ShardedSafetensors;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorSource;

/** Opens the tensors of whatever path a user names. */
public final class TensorSources {
  /** The file of a folder's tensors where there is one only. */
  public static final String WHOLE = "model.safetensors";

  private TensorSources() {}

  /**
   * Opens tensors for reading.
   *
   * @param path a safetensors file; the index of a sharded one; or a folder that holds {@code
   *     model.safetensors} or {@code model.safetensors.index.json}, in this order
   * @throws TensorFileException if there is no such thing, or it is unsound
   */
  public static TensorSource open(Path path) throws TensorFileException {
    if (Files.isDirectory(path)) {
      Path whole = path.resolve(WHOLE);
      if (Files.exists(whole)) {
        return SafetensorsFile.open(whole);
      }
      Path index = path.resolve(ShardedSafetensors.INDEX);
      if (Files.exists(index)) {
        return ShardedSafetensors.open(index);
      }
      throw new TensorFileException(
          path, "holds neither " + WHOLE + " nor " + ShardedSafetensors.INDEX);
    }
    return path.toString().endsWith(".json")
        ? ShardedSafetensors.open(path)
        : SafetensorsFile.open(path);
  }
}
