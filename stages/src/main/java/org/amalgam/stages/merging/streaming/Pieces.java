package org.amalgam.stages.merging.streaming;

import java.io.IOException;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;

/** Goes through tensors of one size side by side, a piece that fits the cache at a time. */
public final class Pieces {
  /** Elements of a piece at most: 128 KiB in f32. */
  public static final int LENGTH = 1 << 15;

  /** What is done with a piece. */
  public interface Visitor {
    /**
     * @param operands the same elements of each tensor, in f32; only the first {@code count} count
     */
    void visit(float[][] operands, int count) throws IOException, StageFailure;
  }

  private Pieces() {}

  /** Heap that {@link #forEach} needs, in bytes, with {@code others} more arrays of its size. */
  public static long memory(int operands, int others) {
    return (long) Float.BYTES * LENGTH * (operands + others);
  }

  /**
   * Visits all pieces in their order.
   *
   * @param operands tensors of equally many elements, at least one
   */
  public static void forEach(List<Operand> operands, Visitor visitor)
      throws IOException, StageFailure {
    OperandReader[] readers = new OperandReader[operands.size()];
    for (int i = 0; i < readers.length; i++) {
      readers[i] = new OperandReader(operands.get(i));
    }
    long elements = operands.get(0).info().elements();
    float[][] pieces = new float[readers.length][(int) Math.min(LENGTH, elements)];
    for (long at = 0; at < elements; at += LENGTH) {
      int count = (int) Math.min(LENGTH, elements - at);
      for (int i = 0; i < readers.length; i++) {
        readers[i].read(at, count, pieces[i]);
      }
      visitor.visit(pieces, count);
    }
  }
}
