package org.amalgam.stages.data.image;

/**
 * The operations of RandAugment at strength 7 of 10: rotation by 21 degrees, shear by 0.21,
 * translation by 7 pixels of 224, enhancement by 1.36 (facts of the released code, section 2.3).
 */
enum ImageOperation {
  IDENTITY,
  AUTO_CONTRAST,
  EQUALIZE,
  BRIGHTNESS,
  SHARPNESS,
  SHEAR_X,
  SHEAR_Y,
  TRANSLATE_X,
  TRANSLATE_Y,
  ROTATE;

  static final double FACTOR = 1.36;
  static final double SHEAR = 0.21;
  static final double DEGREES = 21;

  /** Share of the side, so that small images move as far as large ones. */
  static final double TRANSLATION = 7.0 / 224;

  /**
   * Applies it.
   *
   * @param backwards whether what has a direction goes in the other one
   * @return another array, or the same where nothing is changed
   */
  byte[] of(byte[] image, int side, boolean backwards) {
    double sign = backwards ? -1 : 1;
    return switch (this) {
      case IDENTITY -> image;
      case AUTO_CONTRAST -> Tones.autoContrast(image, side);
      case EQUALIZE -> Tones.equalized(image, side);
      case BRIGHTNESS -> Tones.brightened(image, FACTOR);
      case SHARPNESS -> sharpened(image, side);
      case SHEAR_X -> new Affine(1, -sign * SHEAR, 0, 0, 1, 0).of(image, side);
      case SHEAR_Y -> new Affine(1, 0, 0, -sign * SHEAR, 1, 0).of(image, side);
      case TRANSLATE_X -> new Affine(1, 0, sign * TRANSLATION * side, 0, 1, 0).of(image, side);
      case TRANSLATE_Y -> new Affine(1, 0, 0, 0, 1, sign * TRANSLATION * side).of(image, side);
      case ROTATE -> Affine.rotation(sign * DEGREES, side).of(image, side);
    };
  }

  /**
   * Away from the mean of the 3 by 3 around, in which the pixel itself counts 5 of 13; the border
   * stays. What is beyond a byte is clipped (the released code lets it wrap around).
   */
  private static byte[] sharpened(byte[] image, int side) {
    byte[] into = image.clone();
    for (int plane = 0; plane < image.length; plane += side * side) {
      for (int y = 1; y < side - 1; y++) {
        for (int x = 1; x < side - 1; x++) {
          int at = plane + y * side + x;
          int own = image[at] & 255;
          int sum = 4 * own;
          for (int row = at - side; row <= at + side; row += side) {
            sum += (image[row - 1] & 255) + (image[row] & 255) + (image[row + 1] & 255);
          }
          int smooth = (2 * sum + 13) / 26;
          into[at] = Tones.clipped(smooth + FACTOR * (own - smooth));
        }
      }
    }
    return into;
  }
}
