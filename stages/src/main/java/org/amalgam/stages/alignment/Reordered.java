package org.amalgam.stages.alignment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.merging.streaming.TensorMerge;
import org.amalgam.stages.merging.streaming.TensorSink;

/**
 * A matrix, or a vector as a matrix of one column, with rows and columns in another order, bit for
 * bit.
 *
 * @param source what is read
 * @param rows which row comes to each place
 * @param columns which column comes to each place, in the rows from {@code from} to {@code to}
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record Reordered(Operand source, int[] rows, int[] columns, int from, int to)
    implements TensorMerge {
  private static final int BUFFER = 1 << 18;

  @Override
  public List<Operand> operands() {
    return List.of(source);
  }

  @Override
  public long memory() {
    return BUFFER + (long) Integer.BYTES * (rows.length + columns.length);
  }

  @Override
  public void run(TensorSink sink) throws IOException {
    int width = source.info().dtype().bytes();
    ByteBuffer in = source.file().bytes(source.name());
    ByteBuffer out =
        ByteBuffer.allocate(Math.max(BUFFER, columns.length * width))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows.length; row++) {
      if (out.remaining() < columns.length * width) {
        sink.write(out.flip());
        out.clear();
      }
      boolean moves = row >= from && row < to;
      long start = (long) rows[row] * columns.length;
      for (int column = 0; column < columns.length; column++) {
        long element = start + (moves ? columns[column] : column);
        copy(in, Math.toIntExact(element * width), width, out);
      }
    }
    sink.write(out.flip());
  }

  private static void copy(ByteBuffer in, int at, int width, ByteBuffer out) {
    switch (width) {
      case 8 -> out.putLong(in.getLong(at));
      case 4 -> out.putInt(in.getInt(at));
      case 2 -> out.putShort(in.getShort(at));
      default -> out.put(in.get(at));
    }
  }
}
