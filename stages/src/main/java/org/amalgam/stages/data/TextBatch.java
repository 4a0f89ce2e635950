package org.amalgam.stages.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
    return PaddedTexts.of(texts, pad, imageTokens).on(manager);
  }
}
