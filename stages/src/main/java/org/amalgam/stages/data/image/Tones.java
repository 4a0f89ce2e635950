package org.amalgam.stages.data.image;

/** Operations that replace each value of a channel by another, whatever is beside it. */
final class Tones {
  private static final int VALUES = 256;

  private Tones() {}

  /** Each channel's darkest value becomes 0 and its lightest 255. */
  static byte[] autoContrast(byte[] image, int side) {
    byte[] into = new byte[image.length];
    int plane = side * side;
    for (int from = 0; from < image.length; from += plane) {
      int low = 255;
      int high = 0;
      for (int i = from; i < from + plane; i++) {
        low = Math.min(low, image[i] & 255);
        high = Math.max(high, image[i] & 255);
      }
      byte[] table = new byte[VALUES];
      for (int value = 0; value < VALUES; value++) {
        double scale = high > low ? 255.0 / (high - low) : 1;
        table[value] = clipped(high > low ? value * scale - low * scale : value);
      }
      replace(image, into, from, plane, table);
    }
    return into;
  }

  /** Each channel's histogram becomes as flat as a table of values can make it. */
  static byte[] equalized(byte[] image, int side) {
    byte[] into = new byte[image.length];
    int plane = side * side;
    for (int from = 0; from < image.length; from += plane) {
      int[] histogram = new int[VALUES];
      int highest = 0;
      for (int i = from; i < from + plane; i++) {
        histogram[image[i] & 255]++;
        highest = Math.max(highest, image[i] & 255);
      }
      int step = (plane - histogram[highest]) / (VALUES - 1);
      byte[] table = new byte[VALUES];
      int below = step / 2;
      for (int value = 0; value < VALUES; value++) {
        table[value] = step == 0 ? (byte) value : (byte) Math.min(255, below / step);
        below += histogram[value];
      }
      replace(image, into, from, plane, table);
    }
    return into;
  }

  static byte[] brightened(byte[] image, double factor) {
    byte[] into = new byte[image.length];
    byte[] table = new byte[VALUES];
    for (int value = 0; value < VALUES; value++) {
      table[value] = clipped(value * factor);
    }
    replace(image, into, 0, image.length, table);
    return into;
  }

  private static void replace(byte[] image, byte[] into, int from, int count, byte[] table) {
    for (int i = from; i < from + count; i++) {
      into[i] = table[image[i] & 255];
    }
  }

  /** Rounded down, as the released code's cast to bytes does, and kept within a byte. */
  static byte clipped(double value) {
    return (byte) Math.max(0, Math.min(255, (int) value));
  }
}
