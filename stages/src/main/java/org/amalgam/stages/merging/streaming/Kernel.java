package org.amalgam.stages.merging.streaming;

import java.io.IOException;
import org.amalgam.pipelines.stage.StageFailure;

/** Makes elements from the elements at the same place of each operand. */
public interface Kernel {
  /**
   * Sets the first {@code count} elements of {@code out}. Called for all pieces of one tensor in
   * their order.
   */
  void combine(float[][] operands, int count, float[] out);

  /** A kernel, found perhaps by reading the tensors first. */
  interface Choice {
    Kernel choose() throws IOException, StageFailure;
  }
}
