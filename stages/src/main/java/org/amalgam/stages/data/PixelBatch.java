package org.amalgam.stages.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Images side by side in memory, ready for a device. Any thread may make one.
 *
 * @param bytes unsigned, (count, 3, side, side); a direct buffer, not written to any more
 * @param side width and height in pixels
 */
public record PixelBatch(ByteBuffer bytes, int count, int side) {
  /**
   * One image of a set.
   *
   * @param images the set
   * @param index the image in it
   */
  public record Source(ImageSet images, int index) {}

  /** The images of these sources, which have one size, in the order given. */
  public static PixelBatch of(List<Source> sources) {
    int side = sources.get(0).images().imageSize();
    byte[] image = new byte[3 * side * side];
    ByteBuffer direct = ByteBuffer.allocateDirect(sources.size() * image.length);
    for (Source source : sources) {
      source.images().copy(source.index(), image, 0);
      direct.put(image);
    }
    return new PixelBatch(direct.flip(), sources.size(), side);
  }

  /** u8 (n, 3, side, side), in the order given. */
  public static NDArray of(NDManager manager, List<Source> sources) {
    return of(sources).on(manager);
  }

  /** u8 (count, 3, side, side) on the manager's device. */
  public NDArray on(NDManager manager) {
    return manager.create(bytes.duplicate(), new Shape(count, 3, side, side), DataType.UINT8);
  }
}
