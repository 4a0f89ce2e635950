package org.amalgam.stages.data;

import java.util.List;

/**
 * Images of single things.
 *
 * @param nouns what image i shows, an index into {@code nounNames}
 * @param backgrounds what it was taken on, an index into {@code backgroundNames}
 */
@SuppressWarnings("ArrayRecordComponent") // read in the inner loop; not compared
public record LabelledSet(
    ImageSet images,
    int[] nouns,
    int[] backgrounds,
    List<String> nounNames,
    List<String> backgroundNames) {
  /** Number of images. */
  public int size() {
    return nouns.length;
  }
}
