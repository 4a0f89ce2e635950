package org.amalgam.runner.executor;

import java.util.List;

/**
 * What one attempt is given of the machine.
 *
 * @param memoryBytes it may use so much
 * @param enforced whether using more ends it: the recipe asked for a certain size
 * @param gpus the devices it sees, as CUDA_VISIBLE_DEVICES names them
 */
public record Share(long memoryBytes, boolean enforced, List<String> gpus) {
  private static final long LEAST_HEAP = 128L << 20;

  public Share {
    gpus = List.copyOf(gpus);
  }

  /** Half goes to the heap; the engine keeps its tensors outside of it. */
  long heapBytes() {
    return Math.max(LEAST_HEAP, memoryBytes / 2);
  }
}
