package org.amalgam.stages.merging;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.merging.streaming.Pieces;
import org.amalgam.stages.merging.streaming.TensorMerge;
import org.amalgam.stages.merging.streaming.TensorSink;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.TensorInfo;

/**
 * {@code W = (sum_m W_m G~_m) (sum_m G~_m)^-1} for one linear layer, in f64 by Cholesky's
 * decomposition. Gram matrices are read some rows at a time from their mapping: held are their sum,
 * the right-hand sides and one expert's weights.
 *
 * @param experts W_m, (out, in)
 * @param grams G_m, (in, in), of the same experts
 * @param scales a factor for each Gram matrix
 * @param gamma scale of what is off the diagonal
 * @param damping added to each diagonal, as a part of its mean
 */
record GramSolve(
    List<Operand> experts, List<Operand> grams, List<Double> scales, double gamma, double damping)
    implements TensorMerge {
  /** Rows of a Gram matrix that are read at once. */
  private static final int ROWS = 128;

  @Override
  public List<Operand> operands() {
    List<Operand> all = new ArrayList<>(experts);
    all.addAll(grams);
    return all;
  }

  @Override
  public long memory() {
    long in = size(1);
    long out = size(0);
    long panels = ROWS * in + SymmetricSystem.workspace(in, ROWS);
    return Double.BYTES * (in * in + in * out + panels) + Float.BYTES * (in * out + Pieces.LENGTH);
  }

  private int size(int dimension) {
    try {
      return Math.toIntExact(experts.get(0).info().shape()[dimension]);
    } catch (IOException e) {
      throw new IllegalStateException("an operand that exists has no header", e);
    }
  }

  @Override
  public void run(TensorSink sink) throws IOException, StageFailure {
    int in = size(1);
    int out = size(0);
    double[] total = new double[Math.multiplyExact(in, in)];
    double[] weighted = new double[Math.multiplyExact(in, out)];
    for (int expert = 0; expert < experts.size(); expert++) {
      addExpert(expert, total, weighted, in, out);
    }
    int deficient = SymmetricSystem.factor(total, in);
    if (deficient >= 0) {
      throw new StageFailure(
          "%s: the Gram matrices %s have no inverse: input %d is zero or a sum of others; collect them from more data, or set gamma below 1 or damping: 1.0e-6"
              .formatted(
                  grams.get(0).file().path(),
                  String.join(" + ", grams.stream().map(Operand::name).toList()),
                  deficient));
    }
    SymmetricSystem.solve(total, weighted, in, out);
    write(weighted, in, out, sink);
  }

  private void addExpert(int expert, double[] total, double[] weighted, int in, int out)
      throws IOException {
    Operand weights = experts.get(expert);
    float[] w = weights.file().floats(weights.name());
    Operand gram = grams.get(expert);
    double scale = scales.get(expert);
    double ridge = damping == 0 ? 0 : damping * scale * meanOfDiagonal(gram, in);
    double offDiagonal = gamma * scale;
    double[] panel = new double[ROWS * in];
    for (int from = 0; from < in; from += ROWS) {
      int rows = Math.min(ROWS, in - from);
      read(gram, from, rows, in, panel);
      for (int row = 0; row < rows; row++) {
        int diagonal = row * in + from + row;
        double kept = scale * panel[diagonal] + ridge;
        for (int i = row * in; i < (row + 1) * in; i++) {
          panel[i] *= offDiagonal;
        }
        panel[diagonal] = kept;
      }
      SymmetricSystem.addProduct(panel, from, rows, w, weighted, in, out);
      int at = from * in;
      for (int i = 0; i < rows * in; i++) {
        total[at + i] += panel[i];
      }
    }
  }

  private static double meanOfDiagonal(Operand gram, int n) throws IOException {
    double trace = 0;
    double[] row = new double[n];
    for (int i = 0; i < n; i++) {
      read(gram, i, 1, n, row);
      trace += row[i];
    }
    return trace / n;
  }

  private static void read(Operand gram, int from, int rows, int n, double[] into)
      throws IOException {
    TensorInfo info = gram.info();
    long width = (long) n * info.dtype().bytes();
    ByteBuffer bytes = gram.file().bytes(gram.name(), from * width, rows * width);
    if (info.dtype() == DType.F64) {
      bytes.asDoubleBuffer().get(into, 0, rows * n);
    } else {
      for (int i = 0; i < rows * n; i++) {
        into[i] = bytes.getFloat();
      }
    }
  }

  /** Transposes the solutions, (in, out), and rounds them. */
  private static void write(double[] solutions, int in, int out, TensorSink sink)
      throws IOException, StageFailure {
    float[] piece = new float[Pieces.LENGTH];
    int filled = 0;
    for (int row = 0; row < out; row++) {
      for (int column = 0; column < in; column++) {
        piece[filled++] = (float) solutions[column * out + row];
        if (filled == piece.length) {
          sink.write(piece, filled);
          filled = 0;
        }
      }
    }
    sink.write(piece, filled);
  }
}
