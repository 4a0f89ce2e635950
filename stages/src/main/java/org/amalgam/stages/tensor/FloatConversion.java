package org.amalgam.stages.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Between f32 and little-endian elements of a floating type. */
public final class FloatConversion {
  private FloatConversion() {}

  /** Fills {@code into} from index {@code at} with all elements that remain in {@code bytes}. */
  public static void read(DType dtype, ByteBuffer bytes, float[] into, int at) {
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

  /** Puts elements, rounded to the nearest and ties to even, at the position of {@code into}. */
  public static void write(DType dtype, float[] values, int from, int count, ByteBuffer into) {
    into.order(ByteOrder.LITTLE_ENDIAN);
    switch (dtype) {
      case F32 -> {
        into.asFloatBuffer().put(values, from, count);
        into.position(into.position() + count * Float.BYTES);
      }
      case F64 -> {
        for (int i = from; i < from + count; i++) {
          into.putDouble(values[i]);
        }
      }
      case BF16 -> {
        for (int i = from; i < from + count; i++) {
          into.putShort(toBfloat16(values[i]));
        }
      }
      case F16 -> {
        for (int i = from; i < from + count; i++) {
          into.putShort(toHalf(values[i]));
        }
      }
      default -> throw new IllegalArgumentException(dtype + " is not a floating type");
    }
  }

  static short toBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  /** Binary32 to IEEE binary16; {@code Float.floatToFloat16} is only in Java 20. */
  static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 65520f) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x1p-14f) {
      // Subnormal: the unit is 2^-24, and rint rounds ties to even.
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
    }
    int rounded = (bits & 0x7fffffff) + 0xfff + (bits >>> 13 & 1);
    return (short) (sign | (rounded - (112 << 23) >>> 13));
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
