package org.amalgam.stages.data;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * Texts in memory, padded to the longest of them, ready for a device. Any thread may make one.
 *
 * @param ids (count, length)
 * @param mask (count, length): 0 for a token, minus infinity for padding
 * @param jointMask (count, length + image tokens): the same followed by zeros
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to the device; not compared
public record PaddedTexts(long[] ids, float[] mask, float[] jointMask, int count, int length) {
  /** Pads texts with id {@code pad} to the longest of them. */
  public static PaddedTexts of(List<int[]> texts, int pad, int imageTokens) {
    int longest = texts.stream().mapToInt(text -> text.length).max().orElse(1);
    return of(texts, pad, imageTokens, longest);
  }

  /** Pads texts with id {@code pad} to a length, which is at least that of the longest. */
  public static PaddedTexts of(List<int[]> texts, int pad, int imageTokens, int length) {
    int n = texts.size();
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
    return new PaddedTexts(ids, mask, joint, n, length);
  }

  /** The same on the manager's device. */
  public TextBatch on(NDManager manager) {
    return new TextBatch(
        manager.create(ids, new Shape(count, length)),
        manager.create(mask, new Shape(count, 1, 1, length)),
        manager.create(jointMask, new Shape(count, 1, 1, jointMask.length / count)),
        length);
  }
}
