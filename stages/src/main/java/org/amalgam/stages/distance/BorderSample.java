package org.amalgam.stages.distance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.FloatConversion;
import org.amalgam.stages.tensor.MagnitudeRank;

/**
 * Guesses between which magnitudes TSSD's border lies, from about a million elements in runs that
 * are spread evenly over the vector. A guess that fails costs time and never exactness.
 */
final class BorderSample {
  private static final int RUN = 1 << 12;
  private static final long SAMPLED = 1L << 20;

  /**
   * By how much the share of smaller elements may differ between sample and vector. Thirty standard
   * errors of independent elements, since those of a row or a matrix are not.
   */
  private static final double MARGIN = 0.015;

  private final float[] values = new float[(int) SAMPLED + 2 * RUN];
  private int count;

  private BorderSample() {}

  /**
   * The range of magnitudes that should hold the border, all of them for a short vector.
   *
   * @param vector its tensors in their order
   * @param share the part of the vector that is dropped, 0 to 1
   * @param most how many positions can be kept; of two long vectors half as many should lie within
   */
  static MagnitudeRange range(List<Operand> vector, double share, long most) throws IOException {
    long elements = 0;
    for (Operand operand : vector) {
      elements += operand.info().elements();
    }
    if (elements <= SAMPLED) {
      return MagnitudeRange.ALL;
    }
    BorderSample sample = new BorderSample();
    sample.read(vector, elements / (SAMPLED / RUN));
    double margin = Math.min(MARGIN, most / 8.0 / elements);
    return new MagnitudeRange(
        share <= margin ? 0 : sample.smallest(share - margin),
        share >= 1 - margin ? Integer.MAX_VALUE : sample.smallest(share + margin));
  }

  private void read(List<Operand> vector, long stride) throws IOException {
    long next = 0;
    long before = 0;
    for (Operand operand : vector) {
      long elements = operand.info().elements();
      DType dtype = operand.info().dtype();
      for (; next < before + elements && count + RUN <= values.length; next += stride) {
        long at = next - before;
        int run = (int) Math.min(RUN, elements - at);
        ByteBuffer bytes =
            operand.file().bytes(operand.name(), at * dtype.bytes(), (long) run * dtype.bytes());
        FloatConversion.read(dtype, bytes, values, count);
        count += run;
      }
      before += elements;
    }
  }

  /** The bits of the magnitude of which that share of the sample is smaller. */
  private int smallest(double share) {
    MagnitudeRank rank = new MagnitudeRank();
    rank.count(values, count);
    rank.narrow(Math.max(1, count - (long) (share * count)));
    rank.count(values, count);
    return rank.threshold();
  }
}
