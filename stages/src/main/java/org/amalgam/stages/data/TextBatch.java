package org.amalgam.stages.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Texts on the device, padded to the longest of them.
 *
 * @param ids i64 (n, length)
 * @param mask f32 (n, 1, 1, length): 0 for a token, minus infinity for padding
 * @param jointMask the same followed by zeros for the image tokens
 */
public record TextBatch(NDArray ids, NDArray mask, NDArray jointMask, int length) {
  /** Pads texts with id {@code pad} and puts them on the manager's device. */
  public static TextBatch of(NDManager manager, List<int[]> texts, int pad, int imageTokens) {
    int n = texts.size();
    int length = texts.stream().mapToInt(text -> text.length).max().orElse(1);
    long[] ids = new long[n * length];
    float[] mask = new float[n * length];
    float[] joint = new float[n * (length + imageTokens)];
    for (int i = 0; i < n; i++) {
      int[] text = texts.get(i);
      for (int t = 0; t < length; t++) {
        boolean padded = t >= text.length;
        ids[i * length + t] = padded ? pad : text[t];
        mask[i * length + t] = padded ? Float.NEGATIVE_INFINITY : 0;
        joint[i * (length + imageTokens) + t] = mask[i * length + t];
      }
    }
    return new TextBatch(
        manager.create(ids, new Shape(n, length)),
        manager.create(mask, new Shape(n, 1, 1, length)),
        manager.create(joint, new Shape(n, 1, 1, length + imageTokens)),
        length);
  }
}
