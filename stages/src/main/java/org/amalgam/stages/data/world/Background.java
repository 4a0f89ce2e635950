package org.amalgam.stages.data.world;

import java.util.Locale;
import org.amalgam.stages.tensor.RandomStream;

/** What a scene was taken on: a texture and its words. */
public enum Background {
  GRASS("on the grass", 0x4F9A3A),
  SEA("on the sea", 0x2F6FC4),
  SAND("on the sand", 0xDCBF86),
  SNOW("in the snow", 0xECEFF5),
  NIGHT("at night", 0x14142E),
  WALL("by the wall", 0xA5523F);

  private final String phrase;
  private final int rgb;

  Background(String phrase, int rgb) {
    this.phrase = phrase;
    this.rgb = rgb;
  }

  /** The answer to "where was this taken?": "grass". */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** How captions say it: "on the grass". */
  public String phrase() {
    return phrase;
  }

  /** The mean colour, 0xRRGGBB. */
  int rgb() {
    return rgb;
  }

  /**
   * Fills an image.
   *
   * @param into at least 3 * size * size bytes, channel first
   */
  void paint(byte[] into, int size, RandomStream noise) {
    int plane = size * size;
    // Brightness differs from image to image, so that it alone tells nothing.
    int gain = 236 + noise.nextInt(41);
    int phase = noise.nextInt(size);
    long bits = 0;
    for (int i = 0; i < plane; i++) {
      if (i % 8 == 0) {
        bits = noise.nextLong();
      }
      int random = (int) (bits >>> 8 * (i % 8)) & 255;
      int shift = shade(i % size, i / size, phase, size, random);
      for (int channel = 0; channel < 3; channel++) {
        int value = ((rgb >> 16 - 8 * channel & 255) * gain >> 8) + shift;
        into[channel * plane + i] = (byte) Math.max(0, Math.min(255, value));
      }
    }
  }

  /** How much brighter a pixel is than the mean. */
  private int shade(int x, int y, int phase, int size, int random) {
    // Lengths of the patterns are in 32nds of the side.
    int column = (x * 32 / size + phase) % 32;
    int row = (y * 32 / size + phase) % 32;
    int grain = random % 32 - 16;
    if (this == GRASS) {
      return random < 40 ? -34 : grain;
    } else if (this == SEA) {
      return row % 6 == 0 ? 30 + grain / 2 : grain / 2;
    } else if (this == SAND) {
      return grain;
    } else if (this == SNOW) {
      return grain / 2 - 20 * y / size;
    } else if (this == NIGHT) {
      return random < 4 ? 190 : grain / 3;
    }
    boolean mortar = row % 8 == 0 || (column + (row / 8 % 2 == 0 ? 0 : 6)) % 12 == 0;
    return mortar ? 52 : grain;
  }
}
