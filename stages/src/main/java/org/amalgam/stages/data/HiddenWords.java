package org.amalgam.stages.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a batch of texts has hidden pieces, and which they are.
 *
 * @param texts how many
 * @param most hidden pieces of one text
 * @param at (texts, most): positions of the tokens to compute
 * @param rows which of the (texts * most) are hidden pieces; the others fill up
 * @param targets the pieces at these rows
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to the device; not compared
public record HiddenWords(int texts, int most, long[] at, int[] rows, int[] targets) {
  /**
   * Of texts.
   *
   * @param masked one a text
   */
  public static HiddenWords of(List<int[]> texts, List<Masking.Masked> masked) {
    int n = masked.size();
    int most = masked.stream().mapToInt(m -> m.positions().length).max().orElse(1);
    long[] at = new long[n * most];
    List<Integer> rows = new ArrayList<>();
    List<Integer> targets = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int[] positions = masked.get(i).positions();
      for (int k = 0; k < positions.length; k++) {
        at[i * most + k] = positions[k];
        rows.add(i * most + k);
        targets.add(texts.get(i)[positions[k]]);
      }
    }
    return new HiddenWords(n, most, at, ints(rows), ints(targets));
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
