package org.amalgam.stages.merging.streaming;

import java.nio.ByteBuffer;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.FloatConversion;
import org.amalgam.stages.tensor.TensorFileException;

/**
 * Reads a tensor from its beginning to its end as f32. A segment of the file is mapped at a time,
 * so a tensor may be larger than 2 GiB.
 */
final class OperandReader {
  /** Elements of a mapped segment; a multiple of every piece. */
  private static final long SEGMENT = 1L << 22;

  private final Operand operand;
  private final DType dtype;
  private final long elements;
  private ByteBuffer segment = ByteBuffer.allocate(0);
  private long segmentEnd;

  OperandReader(Operand operand) throws TensorFileException {
    this.operand = operand;
    this.dtype = operand.info().dtype();
    this.elements = operand.info().elements();
  }

  /** Fills the first {@code count} elements of {@code into} with those from {@code at}. */
  void read(long at, int count, float[] into) throws TensorFileException {
    if (at >= segmentEnd) {
      long length = Math.min(SEGMENT, elements - at);
      segment = operand.file().bytes(operand.name(), at * dtype.bytes(), length * dtype.bytes());
      segmentEnd = at + length;
    }
    int bytes = count * dtype.bytes();
    FloatConversion.read(
        dtype, segment.slice(segment.position(), bytes).order(segment.order()), into, 0);
    segment.position(segment.position() + bytes);
  }
}
