package org.amalgam.stages.merging.streaming;

import org.amalgam.stages.tensor.TensorInfo;

/**
 * One tensor of the result.
 *
 * @param name its name in the result
 * @param info its type and shape there
 * @param merge how it is made
 */
public record OutputTensor(String name, TensorInfo info, TensorMerge merge) {
  /** Whether it is a copy. */
  public boolean isCopy() {
    return merge instanceof BitCopy;
  }
}
