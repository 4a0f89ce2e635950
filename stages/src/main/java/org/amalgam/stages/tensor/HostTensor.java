package org.amalgam.stages.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A tensor in memory, row-major and little-endian, of less than 2 GiB. Equal if all bits are. */
public final class HostTensor {
  private final TensorInfo info;
  private final ByteBuffer data;

  /**
   * @param data the elements, little-endian; all that remains. Not copied: do not change it later
   * @throws IllegalArgumentException if {@code data} is not of the size that {@code info} tells
   */
  public HostTensor(TensorInfo info, ByteBuffer data) {
    if (data.remaining() != info.byteSize()) {
      throw new IllegalArgumentException(
          info + " takes " + info.byteSize() + " bytes, not " + data.remaining());
    }
    this.info = info;
    this.data = data.slice().asReadOnlyBuffer();
  }

  public HostTensor(DType dtype, long[] shape, ByteBuffer data) {
    this(new TensorInfo(dtype, shape), data);
  }

  /** An F32 tensor with a copy of these values. */
  public static HostTensor ofFloats(float[] values, long... shape) {
    ByteBuffer data = allocate(values.length, Float.BYTES);
    data.asFloatBuffer().put(values);
    return new HostTensor(DType.F32, shape, data);
  }

  /** An F64 tensor with a copy of these values. */
  public static HostTensor ofDoubles(double[] values, long... shape) {
    ByteBuffer data = allocate(values.length, Double.BYTES);
    data.asDoubleBuffer().put(values);
    return new HostTensor(DType.F64, shape, data);
  }

  /** An I64 tensor with a copy of these values. */
  public static HostTensor ofLongs(long[] values, long... shape) {
    ByteBuffer data = allocate(values.length, Long.BYTES);
    data.asLongBuffer().put(values);
    return new HostTensor(DType.I64, shape, data);
  }

  /** A U8 tensor with a copy of these values. */
  public static HostTensor ofBytes(byte[] values, long... shape) {
    return new HostTensor(DType.U8, shape, ByteBuffer.wrap(values.clone()));
  }

  private static ByteBuffer allocate(int elements, int bytes) {
    return ByteBuffer.allocate(Math.multiplyExact(elements, bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  public TensorInfo info() {
    return info;
  }

  /** The elements: read only, little-endian, with its own position. */
  public ByteBuffer data() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A copy of the elements as f32; F64 is rounded, F16 and BF16 are exact.
   *
   * @throws IllegalArgumentException if the type is not floating
   */
  public float[] floats() {
    float[] values = new float[data.remaining() / info.dtype().bytes()];
    FloatConversion.read(info.dtype(), data, values, 0);
    return values;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HostTensor that && info.equals(that.info) && data.equals(that.data);
  }

  @Override
  public int hashCode() {
    return 31 * info.hashCode() + data.hashCode();
  }

  @Override
  public String toString() {
    return info.toString();
  }
}
