package org.amalgam.stages.data.image;

import org.amalgam.stages.tensor.RandomStream;

/**
 * A rectangle of an image, resized to the whole (Szegedy et al. 2015, as torchvision draws it): its
 * area is uniform in a half to all of the image, its shape log-uniform in 3:4 to 4:3.
 *
 * @param x of the left edge in pixels
 * @param y of the top edge in pixels
 */
record RandomResizedCrop(int x, int y, int width, int height) {
  private static final double SMALLEST = 0.5;
  private static final double WIDEST = 4.0 / 3;
  private static final int ATTEMPTS = 10;

  static RandomResizedCrop draw(int side, RandomStream random) {
    double log = StrictMath.log(WIDEST);
    for (int i = 0; i < ATTEMPTS; i++) {
      double area = (double) side * side * (SMALLEST + (1 - SMALLEST) * random.nextDouble());
      double ratio = StrictMath.exp(log * (2 * random.nextDouble() - 1));
      int width = (int) Math.rint(Math.sqrt(area * ratio));
      int height = (int) Math.rint(Math.sqrt(area / ratio));
      if (width >= 1 && width <= side && height >= 1 && height <= side) {
        int y = random.nextInt(side - height + 1);
        int x = random.nextInt(side - width + 1);
        return new RandomResizedCrop(x, y, width, height);
      }
    }
    // The whole of a square is within the allowed shapes.
    return new RandomResizedCrop(0, 0, side, side);
  }

  /** This part of an image, resized bicubically to {@code side} by {@code side}. */
  byte[] of(byte[] image, int side) {
    byte[] part = new byte[width * height];
    byte[] into = new byte[image.length];
    for (int channel = 0; channel < 3; channel++) {
      for (int row = 0; row < height; row++) {
        int from = (channel * side + y + row) * side + x;
        System.arraycopy(image, from, part, row * width, width);
      }
      Bicubic.resize(part, 0, width, height, into, channel, side);
    }
    return into;
  }
}
