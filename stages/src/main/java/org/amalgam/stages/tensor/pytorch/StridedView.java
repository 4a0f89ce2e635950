package org.amalgam.stages.tensor.pytorch;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Which elements of a storage a tensor consists of: the one at index (i, j, ...) is number {@code
 * offset + i * strides[0] + j * strides[1] + ...}.
 */
@SuppressWarnings("ArrayRecordComponent") // made here, never handed out
record StridedView(long offset, long[] shape, long[] strides) {
  private static final int MOST_DIMENSIONS = 64;

  /** A view may repeat elements, but a small file must not claim a large tensor by it. */
  private static final long MOST_REPEATED = 1 << 20;

  /**
   * @param elements of the storage
   * @throws IllegalArgumentException if it leaves the storage or repeats elements without bounds
   */
  static StridedView within(long elements, long offset, long[] shape, long[] strides) {
    StridedView view = new StridedView(offset, shape, strides);
    if (shape.length != strides.length || shape.length > MOST_DIMENSIONS || offset < 0) {
      throw new IllegalArgumentException(view + " is no view");
    }
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] < 0 || strides[i] < 0) {
        throw new IllegalArgumentException(view + " has a negative side or stride");
      }
    }
    try {
      long count = view.count();
      if (count > 0 && view.last() >= elements) {
        throw new IllegalArgumentException(
            "%s ends at element %d of a storage of %d".formatted(view, view.last(), elements));
      }
      if (count > Math.max(elements, MOST_REPEATED)) {
        throw new IllegalArgumentException(
            "%s repeats the %d elements of its storage too often".formatted(view, elements));
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(view + " is too large", e);
    }
    return view;
  }

  private long count() {
    long count = 1;
    for (long side : shape) {
      if (side == 0) {
        return 0;
      }
      count = Math.multiplyExact(count, side);
    }
    return count;
  }

  /** The number of the last element; the shape has no empty side. */
  long last() {
    long last = offset;
    for (int i = 0; i < shape.length; i++) {
      last = Math.addExact(last, Math.multiplyExact(shape[i] - 1, strides[i]));
    }
    return last;
  }

  /** Whether the elements lie one after the other. */
  boolean isContiguous() {
    long expected = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      if (shape[i] != 1 && strides[i] != expected) {
        return false;
      }
      expected *= shape[i];
    }
    return true;
  }

  /**
   * Copies elements {@code from} to {@code from + count} in row-major order.
   *
   * @param storage starts with element {@code offset} of the storage
   */
  void gather(ByteBuffer storage, int width, boolean reversed, long from, ByteBuffer into) {
    long[] index = new long[shape.length];
    long rest = from;
    long at = 0;
    for (int i = shape.length - 1; i >= 0; i--) {
      index[i] = rest % shape[i];
      rest /= shape[i];
      at += index[i] * strides[i];
    }
    while (into.hasRemaining()) {
      int place = (int) (at * width);
      for (int i = 0; i < width; i++) {
        into.put(storage.get(reversed ? place + width - 1 - i : place + i));
      }
      for (int i = shape.length - 1; i >= 0; i--) {
        at += strides[i];
        if (++index[i] < shape[i]) {
          break;
        }
        at -= strides[i] * shape[i];
        index[i] = 0;
      }
    }
  }

  @Override
  public String toString() {
    return "a view of shape %s, strides %s, offset %d"
        .formatted(Arrays.toString(shape), Arrays.toString(strides), offset);
  }
}
