package org.amalgam.stages.data.image;

/**
 * Where in the old image a pixel of the new one lies: pixel (x, y) is taken from (a x + b y + c, d
 * x + e y + f), between pixels bilinearly; outside there is grey, (128, 128, 128).
 */
record Affine(double a, double b, double c, double d, double e, double f) {
  private static final int GREY = 128;

  /** Counter-clockwise about the point (side / 2, side / 2), as the released code has it. */
  static Affine rotation(double degrees, int side) {
    double angle = degrees * StrictMath.PI / 180;
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    double center = side / 2.0;
    return new Affine(
        cos,
        -sin,
        center - cos * center + sin * center,
        sin,
        cos,
        center - sin * center - cos * center);
  }

  byte[] of(byte[] image, int side) {
    byte[] into = new byte[image.length];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        double fromX = a * x + b * y + c;
        double fromY = d * x + e * y + f;
        int left = (int) Math.floor(fromX);
        int top = (int) Math.floor(fromY);
        double right = fromX - left;
        double bottom = fromY - top;
        for (int channel = 0; channel < 3; channel++) {
          double value =
              (1 - bottom)
                      * ((1 - right) * at(image, side, channel, left, top)
                          + right * at(image, side, channel, left + 1, top))
                  + bottom
                      * ((1 - right) * at(image, side, channel, left, top + 1)
                          + right * at(image, side, channel, left + 1, top + 1));
          into[(channel * side + y) * side + x] = (byte) (int) (value + 0.5);
        }
      }
    }
    return into;
  }

  private static int at(byte[] image, int side, int channel, int x, int y) {
    boolean inside = x >= 0 && x < side && y >= 0 && y < side;
    return inside ? image[(channel * side + y) * side + x] & 255 : GREY;
  }
}
