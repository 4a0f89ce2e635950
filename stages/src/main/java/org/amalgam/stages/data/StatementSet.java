package org.amalgam.stages.data;

import java.util.List;

/**
 * Statements about two images each, true or false (NLVR2).
 *
 * @param first the left image of statement i
 * @param second the right image of statement i
 * @param texts one a statement
 * @param templates what kind of statement it is: "both"
 * @param truths 1 where it holds, else 0
 */
@SuppressWarnings("ArrayRecordComponent") // read in the inner loop; not compared
public record StatementSet(
    ImageSet images,
    int[] first,
    int[] second,
    List<String> texts,
    List<String> templates,
    int[] truths) {
  /** Number of statements. */
  public int size() {
    return texts.size();
  }
}
