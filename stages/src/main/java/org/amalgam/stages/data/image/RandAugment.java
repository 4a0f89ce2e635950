package org.amalgam.stages.data.image;

import org.amalgam.stages.tensor.RandomStream;

/**
 * Two operations of ten, each applied half the time at strength 7 of 10 (facts of the released
 * code, section 2.3; without colour, contrast, posterize and solarize).
 */
final class RandAugment {
  static final int OPERATIONS = 2;
  private static final double APPLIED = 0.5;

  private RandAugment() {}

  static byte[] of(byte[] image, int side, RandomStream random) {
    byte[] changed = image;
    for (int i = 0; i < OPERATIONS; i++) {
      ImageOperation operation =
          ImageOperation.values()[random.nextInt(ImageOperation.values().length)];
      boolean applied = random.nextBoolean(APPLIED);
      boolean backwards = random.nextBoolean(0.5);
      if (applied) {
        changed = operation.of(changed, side, backwards);
      }
    }
    return changed;
  }
}
