package org.amalgam.stages.data.image;

import org.amalgam.stages.tensor.RandomStream;

/**
 * How training images are changed at random (facts of the released code, section 2.3). What happens
 * to an image is a pure function of the image and its stream.
 */
public enum Augmentation {
  /** Images stay as they are. */
  NONE(false, false, false),
  /** A part of the image, at least half of it, is resized to the whole. */
  CROP(true, false, false),
  /** A crop, then RandAugment; never mirrored, for texts that tell left from right. */
  CROP_RAND_AUGMENT(true, false, true),
  /** A crop, mirrored half the time, then RandAugment: what the paper does. */
  PAPER(true, true, true);

  private final boolean crops;
  private final boolean flips;
  private final boolean randAugments;

  Augmentation(boolean crops, boolean flips, boolean randAugments) {
    this.crops = crops;
    this.flips = flips;
    this.randAugments = randAugments;
  }

  /**
   * Changes an image.
   *
   * @param image three planes of {@code side} by {@code side} bytes; is not written to
   * @param random the image's own
   * @return the same array where nothing is changed
   */
  public byte[] of(byte[] image, int side, RandomStream random) {
    byte[] changed = crops ? RandomResizedCrop.draw(side, random).of(image, side) : image;
    if (flips && random.nextBoolean(0.5)) {
      changed = mirrored(changed, side);
    }
    return randAugments ? RandAugment.of(changed, side, random) : changed;
  }

  /** The image with left and right exchanged. */
  static byte[] mirrored(byte[] image, int side) {
    byte[] into = new byte[image.length];
    for (int i = 0; i < image.length; i++) {
      into[i] = image[i - i % side + side - 1 - i % side];
    }
    return into;
  }
}
