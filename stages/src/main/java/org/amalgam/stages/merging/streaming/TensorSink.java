package org.amalgam.stages.merging.streaming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.tensor.FloatConversion;
import org.amalgam.stages.tensor.LaidOutSafetensors;
import org.amalgam.stages.tensor.TensorInfo;

/** Takes the elements of one tensor in their order and writes them to their place. */
public final class TensorSink {
  private static final long COPIED_AT_ONCE = 1L << 24;

  private final LaidOutSafetensors file;
  private final String name;
  private final Path source;
  private final TensorInfo info;
  private final ByteBuffer buffer;
  private long written;

  /**
   * @param buffer little-endian, of at least {@link Pieces#LENGTH} elements; used by nobody else
   *     meanwhile
   */
  TensorSink(LaidOutSafetensors file, OutputTensor tensor, ByteBuffer buffer) {
    this.file = file;
    this.name = tensor.name();
    this.info = tensor.info();
    this.source = tensor.merge().operands().get(0).file().path();
    this.buffer = buffer;
  }

  /**
   * Writes the next elements, rounded to the tensor's type.
   *
   * @param count at most {@link Pieces#LENGTH}
   * @throws StageFailure if one is not finite
   */
  public void write(float[] values, int count) throws IOException, StageFailure {
    if (!allFinite(values, count)) {
      throw notFinite(values, count);
    }
    buffer.clear();
    FloatConversion.write(info.dtype(), values, 0, count, buffer);
    file.write(name, written, buffer.flip());
    written += (long) count * info.dtype().bytes();
  }

  /** Writes the next elements as they are: little-endian, of the tensor's type. */
  public void write(ByteBuffer elements) throws IOException {
    int length = elements.remaining();
    file.write(name, written, elements);
    written += length;
  }

  void copy(Operand source) throws IOException {
    long size = info.byteSize();
    for (long at = 0; at < size; at += COPIED_AT_ONCE) {
      long length = Math.min(COPIED_AT_ONCE, size - at);
      file.write(name, at, source.file().bytes(source.name(), at, length));
    }
    written = size;
  }

  /**
   * @throws IllegalStateException if elements are missing
   */
  void complete() {
    if (written != info.byteSize()) {
      throw new IllegalStateException(
          "tensor %s has %d of %d bytes".formatted(name, written, info.byteSize()));
    }
  }

  /** Zero times a finite number is zero; eight sums keep the additions from waiting. */
  private static boolean allFinite(float[] values, int count) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    float e = 0;
    float f = 0;
    float g = 0;
    float h = 0;
    int i = 0;
    for (; i + 8 <= count; i += 8) {
      a += 0 * values[i];
      b += 0 * values[i + 1];
      c += 0 * values[i + 2];
      d += 0 * values[i + 3];
      e += 0 * values[i + 4];
      f += 0 * values[i + 5];
      g += 0 * values[i + 6];
      h += 0 * values[i + 7];
    }
    for (; i < count; i++) {
      a += 0 * values[i];
    }
    return a + b + c + d + e + f + g + h == 0;
  }

  private StageFailure notFinite(float[] values, int count) {
    int at = 0;
    while (at < count - 1 && Float.isFinite(values[at])) {
      at++;
    }
    return new StageFailure(
        "%s: merging %s gives %s; look for infinite or missing numbers in its experts"
            .formatted(source, name, values[at]));
  }
}
