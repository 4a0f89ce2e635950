package org.amalgam.stages.merging.streaming;

import java.io.IOException;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;

/**
 * How one tensor of the result is made. Told from headers alone; nothing is read before {@link
 * #run}, which several threads call for different tensors at once.
 */
public interface TensorMerge {
  /** What it is made from; at least one. */
  List<Operand> operands();

  /** Heap that {@link #run} needs at once, in bytes. */
  long memory();

  /**
   * Makes the tensor and writes it from its beginning to its end.
   *
   * @throws StageFailure if the inputs do not allow it
   */
  void run(TensorSink sink) throws IOException, StageFailure;
}
