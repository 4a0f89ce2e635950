package org.amalgam.stages.evaluation;

import org.amalgam.stages.evaluation.Predictions.Picture;

/** Masks as pictures: the same class is the same colour in all of them. */
final class MaskColours {
  private static final double GOLDEN_RATIO = 0.618033988749895;

  private MaskColours() {}

  /**
   * Paints a mask.
   *
   * @param labels a class for each pixel, row by row; class 0 is grey
   */
  static Picture picture(int[] labels, int side, String caption, boolean right) {
    int area = side * side;
    byte[] planes = new byte[3 * area];
    for (int i = 0; i < area; i++) {
      int colour = colour(labels[i]);
      planes[i] = (byte) (colour >> 16);
      planes[area + i] = (byte) (colour >> 8);
      planes[2 * area + i] = (byte) colour;
    }
    return new Picture(planes, side, caption, right);
  }

  /** Hues a golden section apart, so that neighbouring numbers differ most. */
  private static int colour(int label) {
    if (label == 0) {
      return 0xD0D0D0;
    }
    double hue = 6 * (label * GOLDEN_RATIO % 1);
    double value = label % 2 == 0 ? 0.9 : 0.65;
    return channel(hue + 4, value) << 16 | channel(hue + 2, value) << 8 | channel(hue, value);
  }

  private static int channel(double hue, double value) {
    double distance = Math.abs(hue % 6 - 3);
    double tone = Math.min(1, Math.max(0, 2 - distance));
    return (int) Math.round(255 * value * (0.25 + 0.75 * tone));
  }
}
