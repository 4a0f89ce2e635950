package org.amalgam.stages.merging.streaming;

import java.io.IOException;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;

/**
 * A tensor each of whose elements depends on the same element of its operands alone, once the
 * kernel is known.
 *
 * @param operands floating tensors of the result's number of elements
 * @param choice asked once, before the first element
 */
public record Combination(List<Operand> operands, Kernel.Choice choice) implements TensorMerge {
  public Combination {
    operands = List.copyOf(operands);
  }

  /** A sum of the operands, each times its weight; summed in f32 in their order. */
  public static Combination weighted(List<Operand> operands, double... weights) {
    Kernel kernel = new WeightedSum(weights);
    return new Combination(operands, () -> kernel);
  }

  @Override
  public long memory() {
    return Pieces.memory(operands.size(), 1);
  }

  @Override
  public void run(TensorSink sink) throws IOException, StageFailure {
    Kernel kernel = choice.choose();
    float[] out = new float[Pieces.LENGTH];
    Pieces.forEach(
        operands,
        (pieces, count) -> {
          kernel.combine(pieces, count, out);
          sink.write(out, count);
        });
  }
}
