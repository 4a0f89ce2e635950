package org.amalgam.stages.model;

/**
 * Which row of the one relative position table serves each pair of tokens (facts of the released
 * code, section 1.3).
 *
 * <p>Rows: the (2g-1)^2 offsets of a g x g grid of patches, three for the image [CLS] (to a patch,
 * from a patch, to itself), one each for text to image and image to text, the signed text distances
 * of a text of up to 196 tokens, and three for the text [CLS], which are the very last ones.
 */
public final class RelativePositions {
  /** The text length for which the table has rows, whatever length a model reads. */
  private static final int TABLE_TEXT_LENGTH = 196;

  private static final int CLS_ROWS = 3;
  private static final int CROSS_ROWS = 2;

  /** Rows below those of the image. */
  static final int TEXT_ROWS = 2 * TABLE_TEXT_LENGTH + CROSS_ROWS;

  private RelativePositions() {}

  static long rows(ModelConfig config) {
    return imageRows(config.grid()) + 2L * TABLE_TEXT_LENGTH + CROSS_ROWS;
  }

  /** The first row of texts in a table of so many rows; they go to its end. */
  public static long textBegin(long rows) {
    return rows - 2L * TABLE_TEXT_LENGTH;
  }

  /** Where the rows of images end, which begin at 0, in a table of so many rows. */
  public static long imageEnd(long rows) {
    return textBegin(rows) - CROSS_ROWS;
  }

  /** Offsets of patches along one axis in a table of so many rows, 0 if no table has so many. */
  static int offsets(long rows) {
    long squared = rows - CLS_ROWS - 2L * TABLE_TEXT_LENGTH - CROSS_ROWS;
    int side = (int) Math.round(Math.sqrt(Math.max(0, squared)));
    return side % 2 == 1 && (long) side * side == squared ? side : 0;
  }

  /** Rows of the image part, the three of its [CLS] included. */
  private static int imageRows(int grid) {
    return (2 * grid - 1) * (2 * grid - 1) + CLS_ROWS;
  }

  /** Row indices of an image with its [CLS] first: (t, t) flattened with t = g^2 + 1. */
  static long[] image(ModelConfig config) {
    int grid = config.grid();
    int tokens = config.imageTokens();
    int rows = imageRows(grid);
    long[] index = new long[tokens * tokens];
    for (int from = 0; from < tokens; from++) {
      for (int to = 0; to < tokens; to++) {
        index[from * tokens + to] =
            from == 0 || to == 0 ? cls(from, to, rows) : offset(from - 1, to - 1, grid);
      }
    }
    return index;
  }

  private static long offset(int from, int to, int grid) {
    int rowOffset = from / grid - to / grid + grid - 1;
    int columnOffset = from % grid - to % grid + grid - 1;
    return (long) rowOffset * (2 * grid - 1) + columnOffset;
  }

  /** The last three rows of an area: [CLS] to others, others to [CLS], [CLS] to itself. */
  private static long cls(int from, int to, long areaEnd) {
    if (from == 0 && to == 0) {
      return areaEnd - 1;
    }
    return from == 0 ? areaEnd - 3 : areaEnd - 2;
  }

  /** Row indices of a text of some length: (length, length) flattened. */
  static long[] text(ModelConfig config, int length) {
    long end = rows(config);
    long zero = imageRows(config.grid()) + CROSS_ROWS + TABLE_TEXT_LENGTH - 2L;
    long[] index = new long[length * length];
    for (int from = 0; from < length; from++) {
      for (int to = 0; to < length; to++) {
        index[from * length + to] = from == 0 || to == 0 ? cls(from, to, end) : zero + to - from;
      }
    }
    return index;
  }

  /** Row indices of a text followed by an image: (t, t) flattened. */
  static long[] joint(ModelConfig config, int length) {
    int image = config.imageTokens();
    int tokens = length + image;
    long[] textIndex = text(config, length);
    long[] imageIndex = image(config);
    long textToImage = imageRows(config.grid());
    long[] index = new long[tokens * tokens];
    for (int from = 0; from < tokens; from++) {
      for (int to = 0; to < tokens; to++) {
        long row;
        if (from < length && to < length) {
          row = textIndex[from * length + to];
        } else if (from >= length && to >= length) {
          row = imageIndex[(from - length) * image + to - length];
        } else {
          row = from < length ? textToImage : textToImage + 1;
        }
        index[from * tokens + to] = row;
      }
    }
    return index;
  }
}
