package org.amalgam.stages.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads little-endian elements of a floating type as f32. */
final class FloatConversion {
  private FloatConversion() {}

  /** Fills {@code into} from index {@code at} with all elements that remain in {@code bytes}. */
  static void read(DType dtype, ByteBuffer bytes, float[] into, int at) {
    ByteBuffer source = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int count = source.remaining() / dtype.bytes();
    switch (dtype) {
      case F32 -> source.asFloatBuffer().get(into, at, count);
      case F64 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = (float) source.getDouble();
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.intBitsToFloat(source.getShort() << 16);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = half(source.getShort());
        }
      }
      default -> throw new IllegalArgumentException(dtype + " is not a floating type");
    }
  }

  /** IEEE binary16 to binary32, exact. {@code Float.float16ToFloat} is only in Java 20. */
  static float half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude;
    if (exponent == 0) {
      magnitude = fraction * 0x1p-24f;
    } else if (exponent == 31) {
      magnitude = Float.intBitsToFloat(0x7f800000 | (fraction << 13));
    } else {
      magnitude = Float.intBitsToFloat(((exponent + 112) << 23) | (fraction << 13));
    }
    return bits < 0 ? -magnitude : magnitude;
  }
}
