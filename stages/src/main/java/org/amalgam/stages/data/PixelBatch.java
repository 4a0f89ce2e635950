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
    return of(sources, (image, i) -> image);
  }

  /** What is done to an image on its way. */
  public interface Change {
    /**
     * The image as it shall be.
     *
     * @param image three planes of bytes; not to be written to
     * @param i its place in the batch
     */
    byte[] of(byte[] image, int i);
  }

  /** The images of these sources, which have one size, in the order given, each changed. */
  public static PixelBatch of(List<Source> sources, Change change) {
    int side = sources.get(0).images().imageSize();
    byte[] image = new byte[3 * side * side];
    ByteBuffer direct = ByteBuffer.allocateDirect(sources.size() * image.length);
    for (int i = 0; i < sources.size(); i++) {
      sources.get(i).images().copy(sources.get(i).index(), image, 0);
      direct.put(change.of(image, i));
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
