package org.amalgam.stages.data.world;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.amalgam.stages.data.world.Scene.Placement;
import org.amalgam.stages.tensor.RandomStream;

/**
 * Makes pixels of scenes: pictures are averaged to their size over areas and laid over the
 * background by their opacity, all in integers. Not safe for use by several threads.
 */
public final class ScenePainter {
  /** Of 255: a pixel is what covers more than half of it. */
  private static final int OPAQUE = 127;

  private final World world;
  private final int imageSize;
  private final Map<Integer, int[]> scaled = new TreeMap<>();

  /**
   * @param imageSize side of the images in pixels
   */
  public ScenePainter(World world, int imageSize) {
    this.world = world;
    this.imageSize = imageSize;
  }

  /**
   * Paints a scene.
   *
   * @param noise gives the texture of the background
   * @param into at least 3 * imageSize * imageSize bytes: red, green, blue planes
   */
  public void paint(Scene scene, RandomStream noise, byte[] into) {
    scene.background().paint(into, imageSize, noise);
    for (Placement each : scene.placements()) {
      blit(each, into);
    }
  }

  /**
   * What each pixel of a scene shows: the number of its background, or of backgrounds plus the cell
   * of the picture that covers most of it.
   *
   * @param into at least imageSize * imageSize bytes, row by row
   */
  public void mask(Scene scene, byte[] into) {
    Arrays.fill(into, 0, imageSize * imageSize, (byte) scene.background().ordinal());
    for (Placement each : scene.placements()) {
      int[] sprite = sprite(each);
      for (int i = 0; i < sprite.length; i++) {
        int column = i % each.size();
        int x = each.mirrored() ? each.size() - 1 - column : column;
        if (sprite[i] >>> 24 > OPAQUE) {
          into[(each.y() + i / each.size()) * imageSize + each.x() + x] =
              (byte) (Background.values().length + each.cell());
        }
      }
    }
  }

  private int[] sprite(Placement placement) {
    int size = placement.size();
    return scaled.computeIfAbsent(
        placement.cell() << 16 | size, key -> scale(world.pixels(placement.cell()), size));
  }

  private void blit(Placement placement, byte[] into) {
    int size = placement.size();
    int[] sprite = sprite(placement);
    int plane = imageSize * imageSize;
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int argb = sprite[y * size + (placement.mirrored() ? size - 1 - x : x)];
        int at = (placement.y() + y) * imageSize + placement.x() + x;
        int alpha = argb >>> 24;
        for (int channel = 0; channel < 3; channel++) {
          int colour = Math.min(255, (argb >> 16 - 8 * channel & 255) * placement.gain() >> 8);
          int below = into[channel * plane + at] & 255;
          into[channel * plane + at] =
              (byte) ((colour * alpha + below * (255 - alpha) + 127) / 255);
        }
      }
    }
  }

  /**
   * The mean over the area that each pixel covers, colours weighted by opacity.
   *
   * @param pixels a square of side {@link World#CELL}, 0xAARRGGBB
   */
  static int[] scale(int[] pixels, int size) {
    int[] into = new int[size * size];
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        into[y * size + x] = mean(pixels, x, y, size);
      }
    }
    return into;
  }

  private static int mean(int[] pixels, int x, int y, int size) {
    long alpha = 0;
    long red = 0;
    long green = 0;
    long blue = 0;
    // In units in which a source pixel is `size` wide and a target pixel is CELL wide.
    for (int row = y * World.CELL / size; row * size < (y + 1) * World.CELL; row++) {
      int height = overlap(row, y, size);
      for (int column = x * World.CELL / size; column * size < (x + 1) * World.CELL; column++) {
        int argb = pixels[row * World.CELL + column];
        long weight = (long) height * overlap(column, x, size) * (argb >>> 24);
        alpha += weight;
        red += weight * (argb >> 16 & 255);
        green += weight * (argb >> 8 & 255);
        blue += weight * (argb & 255);
      }
    }
    if (alpha == 0) {
      return 0;
    }
    int area = World.CELL * World.CELL;
    return (int) ((alpha + area / 2) / area) << 24
        | (int) ((red + alpha / 2) / alpha) << 16
        | (int) ((green + alpha / 2) / alpha) << 8
        | (int) ((blue + alpha / 2) / alpha);
  }

  private static int overlap(int source, int target, int size) {
    int begin = Math.max(source * size, target * World.CELL);
    int end = Math.min((source + 1) * size, (target + 1) * World.CELL);
    return end - begin;
  }
}
