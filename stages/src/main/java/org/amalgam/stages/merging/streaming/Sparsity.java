package org.amalgam.stages.merging.streaming;

import org.amalgam.stages.tensor.MagnitudeRank;
import org.amalgam.stages.tensor.RandomStream;

/** Which elements of a task vector are left, and how they are scaled. */
public interface Sparsity {
  /** All of them. */
  Sparsity NONE = (vector, count) -> {};

  /** Changes the next {@code count} elements, which come in their order. */
  void apply(float[] vector, int count);

  /** Leaves those of at least a magnitude, given by its bits; all zeros go (TIES). */
  static Sparsity trim(int threshold) {
    return (vector, count) -> {
      for (int i = 0; i < count; i++) {
        vector[i] = MagnitudeRank.bits(vector[i]) >= threshold ? vector[i] : 0;
      }
    };
  }

  /**
   * Drops each with a probability (DARE).
   *
   * @param drop from 0 to 1
   * @param rescale whether what is left is divided by the probability of staying
   * @param random the tensor's own stream, from its beginning
   */
  static Sparsity drop(double drop, boolean rescale, RandomStream random) {
    float scale = rescale ? (float) (1 / (1 - drop)) : 1;
    return (vector, count) -> {
      for (int i = 0; i < count; i++) {
        vector[i] = random.nextDouble() < drop ? 0 : vector[i] * scale;
      }
    };
  }
}
