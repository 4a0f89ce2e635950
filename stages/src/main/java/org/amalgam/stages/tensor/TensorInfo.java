package org.amalgam.stages.tensor;

import java.util.Arrays;

/**
 * Element type and shape of a tensor. Equal if both are.
 *
 * @param dtype the element type
 * @param shape its dimensions, none negative; empty for a scalar
 */
@SuppressWarnings("ArrayRecordComponent") // copied in and out, compared by content
public record TensorInfo(DType dtype, long[] shape) {
  /**
   * @throws IllegalArgumentException if a dimension is negative or the size in bytes is beyond a
   *     long
   */
  public TensorInfo {
    shape = shape.clone();
    try {
      Math.multiplyExact(count(shape), dtype.bytes());
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " is too large", e);
    }
  }

  public static TensorInfo of(DType dtype, long... shape) {
    return new TensorInfo(dtype, shape);
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  public int rank() {
    return shape.length;
  }

  /** Number of elements; 1 for a scalar. */
  public long elements() {
    return count(shape);
  }

  public long byteSize() {
    return elements() * dtype.bytes();
  }

  private static long count(long[] shape) {
    long count = 1;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(shape) + " has a negative dimension");
      }
      count = Math.multiplyExact(count, dimension);
    }
    return count;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorInfo that
        && dtype == that.dtype
        && Arrays.equals(shape, that.shape);
  }

  @Override
  public int hashCode() {
    return 31 * dtype.hashCode() + Arrays.hashCode(shape);
  }

  /** Such as {@code F32 [768, 3072]}. */
  @Override
  public String toString() {
    return dtype + " " + Arrays.toString(shape);
  }
}
