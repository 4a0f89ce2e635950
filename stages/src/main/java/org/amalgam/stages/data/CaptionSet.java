package org.amalgam.stages.data;

import java.util.List;

/**
 * Images and what is said of them.
 *
 * @param imageOf caption i describes image {@code imageOf[i]}
 * @param texts one a caption
 * @param signatures equal for captions of images with the same content, so that a caption and an
 *     image of different signatures can be taken for a true negative pair
 */
@SuppressWarnings("ArrayRecordComponent") // read in the inner loop; not compared
public record CaptionSet(ImageSet images, int[] imageOf, List<String> texts, int[] signatures) {
  /** Number of captions. */
  public int size() {
    return texts.size();
  }
}
