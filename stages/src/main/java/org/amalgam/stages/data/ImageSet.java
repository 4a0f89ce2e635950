package org.amalgam.stages.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.amalgam.stages.tensor.SafetensorsFile;

/**
 * Square images of one size, in colour or masks of one plane, mapped from a file. Safe for use by
 * several threads.
 */
public final class ImageSet {
  private static final long PIECE_BYTES = 1 << 30;

  private final int count;
  private final int imageSize;
  private final int planes;
  private final int perPiece;
  private final List<ByteBuffer> pieces;

  private ImageSet(int count, int imageSize, int planes, int perPiece, List<ByteBuffer> pieces) {
    this.count = count;
    this.imageSize = imageSize;
    this.planes = planes;
    this.perPiece = perPiece;
    this.pieces = List.copyOf(pieces);
  }

  /**
   * Maps a tensor.
   *
   * @param name of a u8 tensor [n, 3, s, s], or [n, s, s] for masks
   */
  static ImageSet map(SafetensorsFile file, String name) throws IOException {
    long[] shape = file.info(name).shape();
    int count = Math.toIntExact(shape[0]);
    int imageSize = Math.toIntExact(shape[2]);
    int planes = shape.length == 4 ? 3 : 1;
    long bytes = (long) planes * imageSize * imageSize;
    int perPiece = (int) Math.max(1, PIECE_BYTES / bytes);
    List<ByteBuffer> pieces = new ArrayList<>();
    for (int from = 0; from < count; from += perPiece) {
      pieces.add(file.bytes(name, from * bytes, Math.min(perPiece, count - from) * bytes));
    }
    return new ImageSet(count, imageSize, planes, perPiece, pieces);
  }

  public int count() {
    return count;
  }

  /** Width and height in pixels. */
  public int imageSize() {
    return imageSize;
  }

  /** Bytes of one image: three planes, or one of a mask. */
  public int imageBytes() {
    return planes * imageSize * imageSize;
  }

  /**
   * Copies one image: unsigned bytes, the red plane, then green, then blue, each row by row.
   *
   * @throws IndexOutOfBoundsException if there is no such image or it does not fit
   */
  public void copy(int index, byte[] into, int offset) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("image " + index + " of " + count);
    }
    ByteBuffer piece = pieces.get(index / perPiece);
    piece.get(index % perPiece * imageBytes(), into, offset, imageBytes());
  }
}
