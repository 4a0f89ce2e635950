package org.amalgam.stages.conversion;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.amalgam.stages.model.Refit;
import org.amalgam.stages.model.RelativePositionTable;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.TensorSource;

/** How one tensor of the result is made of those of the file; nothing is read before it must. */
sealed interface MadeTensor {
  TensorInfo info();

  /** The names in the file that it is made of; none for a constant. */
  List<String> sources();

  /** A piece of its elements, little-endian; offset and length in bytes. */
  ByteBuffer bytes(TensorSource file, long offset, long length) throws TensorFileException;

  /**
   * A tensor of the file, or some of its rows, bit for bit.
   *
   * @param start bytes to skip
   */
  record Copied(String name, TensorInfo info, long start) implements MadeTensor {
    @Override
    public List<String> sources() {
      return List.of(name);
    }

    @Override
    public ByteBuffer bytes(TensorSource file, long offset, long length)
        throws TensorFileException {
      return file.bytes(name, start + offset, length);
    }
  }

  /** Tensors below each other; all of one type and, but for their rows, of one shape. */
  record Joined(List<String> sources, TensorInfo info) implements MadeTensor {
    @Override
    public ByteBuffer bytes(TensorSource file, long offset, long length)
        throws TensorFileException {
      ByteBuffer joined = ByteBuffer.allocate((int) length);
      long skip = offset;
      for (String source : sources) {
        long size = file.info(source).byteSize();
        long taken = Math.min(Math.max(0, size - skip), joined.remaining());
        if (taken > 0) {
          joined.put(file.bytes(source, skip, taken));
        }
        skip = Math.max(0, skip - size);
      }
      return joined.flip().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** The same number everywhere. */
  record Filled(TensorInfo info, float value) implements MadeTensor {
    @Override
    public List<String> sources() {
      return List.of();
    }

    @Override
    public ByteBuffer bytes(TensorSource file, long offset, long length) {
      ByteBuffer filled = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
      while (filled.hasRemaining()) {
        filled.putFloat(value);
      }
      return filled.flip();
    }
  }

  /**
   * The table of relative positions from those of a vision model.
   *
   * @param sources one for all layers, or one for each
   * @param layers N
   */
  record Positions(List<String> sources, int layers, TensorInfo info) implements MadeTensor {
    @Override
    public ByteBuffer bytes(TensorSource file, long offset, long length)
        throws TensorFileException {
      HostTensor[] tables = new HostTensor[layers];
      for (int layer = 0; layer < layers; layer++) {
        tables[layer] = layer < sources.size() ? file.f32(sources.get(layer)) : tables[layer - 1];
      }
      return piece(RelativePositionTable.ofImages(Arrays.asList(tables)), offset, length);
    }
  }

  /** A tensor in another size, as {@link Refit} makes it. */
  record Refitted(String name, MadeTensor from, TensorInfo info) implements MadeTensor {
    @Override
    public List<String> sources() {
      return from.sources();
    }

    @Override
    public ByteBuffer bytes(TensorSource file, long offset, long length)
        throws TensorFileException {
      TensorInfo before = from.info();
      HostTensor whole = new HostTensor(before, from.bytes(file, 0, before.byteSize()));
      HostTensor f32 = HostTensor.ofFloats(whole.floats(), before.shape());
      return piece(Refit.toShape(name, f32, info.shape()), offset, length);
    }
  }

  private static ByteBuffer piece(HostTensor tensor, long offset, long length) {
    return tensor.data().slice((int) offset, (int) length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** F32 in a shape. */
  static TensorInfo f32(long... shape) {
    return new TensorInfo(DType.F32, shape);
  }
}
