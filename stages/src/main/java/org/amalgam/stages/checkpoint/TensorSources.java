package org.amalgam.stages.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.ShardedSafetensors;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorSource;
import org.amalgam.stages.tensor.pytorch.PyTorchCheckpoint;

/** Opens the tensors of whatever path a user names. */
public final class TensorSources {
  /** The file of a folder's tensors where there is one only. */
  public static final String WHOLE = "model.safetensors";

  private static final String PICKLED = "pytorch_model.bin";
  private static final int ZIP = 0x04034b50;

  private TensorSources() {}

  /**
   * Opens tensors for reading.
   *
   * @param path a safetensors file; the index of a sharded one; what {@code torch.save} wrote, told
   *     from its first bytes; or a folder that holds {@code model.safetensors}, {@code
   *     model.safetensors.index.json} or {@code pytorch_model.bin}, in this order
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
      Path pickled = path.resolve(PICKLED);
      if (Files.exists(pickled)) {
        return PyTorchCheckpoint.open(pickled);
      }
      throw new TensorFileException(
          path, "holds neither " + WHOLE + " nor " + ShardedSafetensors.INDEX + " nor " + PICKLED);
    }
    if (path.toString().endsWith(".json")) {
      return ShardedSafetensors.open(path);
    }
    return isPyTorch(path) ? PyTorchCheckpoint.open(path) : SafetensorsFile.open(path);
  }

  /**
   * Whether a file begins as a zip file or as a pickle does. A safetensors file begins with the
   * length of its header and then a brace.
   */
  private static boolean isPyTorch(Path path) throws TensorFileException {
    try (SeekableByteChannel channel = Files.newByteChannel(path)) {
      ByteBuffer start = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      if (channel.read(start) < 4) {
        return false;
      }
      boolean pickle = (start.get(0) & 0xff) == 0x80 && start.get(1) >= 2 && start.get(1) <= 5;
      return (pickle || start.getInt(0) == ZIP) && start.get(Long.BYTES) != '{';
    } catch (NoSuchFileException e) {
      throw new TensorFileException(path, "there is no such file", e);
    } catch (IOException e) {
      throw new TensorFileException(path, "cannot be read: " + e.getMessage(), e);
    }
  }
}
