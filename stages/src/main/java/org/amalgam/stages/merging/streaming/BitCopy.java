package org.amalgam.stages.merging.streaming;

import java.io.IOException;
import java.util.List;

/**
 * A tensor as it is, bit for bit, of any type: written straight from its mapping.
 *
 * @param source what is copied
 */
public record BitCopy(Operand source) implements TensorMerge {
  @Override
  public List<Operand> operands() {
    return List.of(source);
  }

  @Override
  public long memory() {
    return 0;
  }

  @Override
  public void run(TensorSink sink) throws IOException {
    sink.copy(source);
  }
}
