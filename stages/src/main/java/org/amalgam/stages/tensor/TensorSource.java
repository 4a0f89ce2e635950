package org.amalgam.stages.tensor;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * Where named tensors are read from: one file or several, of whatever format. Only headers are read
 * when it is opened; tensors are read when asked for, whole or in pieces, so a source may be larger
 * than the memory. Safe for use by several threads.
 *
 * <p>Whatever the bytes of the files, every method gives a result or throws {@link
 * TensorFileException}. Files must not be cut short by others while they are open.
 */
public interface TensorSource extends AutoCloseable {
  /** The file or folder, for messages. */
  Path path();

  /** The names of all tensors, sorted. */
  SortedSet<String> names();

  /** The free texts that came with the tensors, such as {@code format}; empty if there are none. */
  SortedMap<String, String> metadata();

  /** What the files hold beside tensors, each by its name and kind; nothing for most. */
  default List<String> skipped() {
    return List.of();
  }

  /**
   * Type and shape of a tensor.
   *
   * @throws TensorFileException if there is no such tensor
   */
  TensorInfo info(String name) throws TensorFileException;

  /**
   * A piece of the elements of a tensor: row-major, read only, little-endian; mapped where the file
   * holds them so.
   *
   * @param offset bytes to skip; a multiple of an element's
   * @param length bytes to give, less than 2 GiB; a multiple of an element's
   * @throws TensorFileException if there is no such piece
   */
  ByteBuffer bytes(String name, long offset, long length) throws TensorFileException;

  /** Closes the files. Buffers already given out stay valid. */
  @Override
  void close() throws TensorFileException;

  default boolean contains(String name) {
    return names().contains(name);
  }

  /**
   * All elements of a tensor.
   *
   * @throws TensorFileException if there is no such tensor or it has 2 GiB or more
   */
  default ByteBuffer bytes(String name) throws TensorFileException {
    return bytes(name, 0, info(name).byteSize());
  }

  /**
   * A copy of a tensor as f32; F64 is rounded, F16 and BF16 are exact.
   *
   * @throws TensorFileException if there is no such tensor, its type is not floating or it has too
   *     many elements for an array
   */
  default float[] floats(String name) throws TensorFileException {
    TensorInfo info = info(name);
    DType dtype = info.dtype();
    if (!dtype.isFloating()) {
      throw new TensorFileException(path(), "tensor " + name + " is " + dtype + ", not floating");
    }
    if (info.elements() > Integer.MAX_VALUE - 8) {
      throw new TensorFileException(
          path(), "tensor " + name + ": " + info.elements() + " elements are too many at once");
    }
    float[] values = new float[(int) info.elements()];
    long step = 1 << 24;
    for (long at = 0; at < values.length; at += step) {
      long count = Math.min(step, values.length - at);
      ByteBuffer piece = bytes(name, at * dtype.bytes(), count * dtype.bytes());
      FloatConversion.read(dtype, piece, values, (int) at);
    }
    return values;
  }

  /** A tensor; mapped and not copied where the file holds it as it is. */
  default HostTensor tensor(String name) throws TensorFileException {
    return new HostTensor(info(name), bytes(name));
  }

  /**
   * A tensor as f32: {@link #tensor} where it is, else a copy of its {@link #floats}.
   *
   * @throws TensorFileException if there is no such tensor, its type is not floating or it is too
   *     large
   */
  default HostTensor f32(String name) throws TensorFileException {
    TensorInfo info = info(name);
    return info.dtype() == DType.F32
        ? tensor(name)
        : HostTensor.ofFloats(floats(name), info.shape());
  }

  /**
   * Whether a piece lies within a tensor and fits into a buffer.
   *
   * @param size of the tensor, in bytes
   * @throws TensorFileException if it does not
   */
  static void checkPiece(Path path, String name, long size, long offset, long length)
      throws TensorFileException {
    if (offset < 0 || length < 0 || length > size - offset) {
      throw new TensorFileException(
          path, "tensor " + name + " has " + size + " bytes, no " + length + " from " + offset);
    }
    checkAtOnce(path, name, length);
  }

  /**
   * Checks that a piece fits into one buffer.
   *
   * @throws TensorFileException if it does not
   */
  static void checkAtOnce(Path path, String name, long length) throws TensorFileException {
    if (length > Integer.MAX_VALUE) {
      throw new TensorFileException(
          path,
          "tensor " + name + ": " + length + " bytes are too many at once; read it in pieces");
    }
  }
}
