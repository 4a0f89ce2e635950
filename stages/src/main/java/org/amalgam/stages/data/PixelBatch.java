package org.amalgam.stages.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.List;

/** Images on the device. */
public final class PixelBatch {
  private PixelBatch() {}

  /**
   * One image of a set.
   *
   * @param images the set
   * @param index the image in it
   */
  public record Source(ImageSet images, int index) {}

  /** u8 (n, 3, side, side), in the order given. */
  public static NDArray of(NDManager manager, List<Source> sources) {
    int side = sources.get(0).images().imageSize();
    int bytes = 3 * side * side;
    byte[] pixels = new byte[sources.size() * bytes];
    for (int i = 0; i < sources.size(); i++) {
      sources.get(i).images().copy(sources.get(i).index(), pixels, i * bytes);
    }
    ByteBuffer direct = ByteBuffer.allocateDirect(pixels.length).put(pixels).flip();
    return manager.create(direct, new Shape(sources.size(), 3, side, side), DataType.UINT8);
  }
}
