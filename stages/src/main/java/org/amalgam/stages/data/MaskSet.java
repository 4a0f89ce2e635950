package org.amalgam.stages.data;

import java.util.List;

/**
 * Images and what each of their pixels shows.
 *
 * @param masks one plane for each image: an index into {@code classes} for each pixel
 */
public record MaskSet(ImageSet images, ImageSet masks, List<String> classes) {
  /** Number of images. */
  public int size() {
    return images.count();
  }
}
