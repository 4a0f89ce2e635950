package org.amalgam.benches;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.stages.tensor.Script;
import org.amalgam.stages.tensor.Torch;

/**
 * The matrix products of a step and nothing else: no training that calls the same kernels at these
 * shapes can be faster. Reads rows {@code times batch m k n} from standard input; the argument is
 * the number of threads. Prints the median milliseconds of all rows in order and the peak in
 * GFLOP/s, that of a square product of {@value #SQUARE}, both by the engine. Factors and results
 * stay where they are from row to row, which flatters the products.
 */
public final class Products {
  private static final int SQUARE = 2048;
  private static final int ROUNDS = 9;

  private static final String METHODS =
      """
        def product(self, out: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.bmm(a, b, out=out)
        def one_product(self, out: Tensor, a: Tensor, b: Tensor) -> Tensor:
          return torch.mm(a, b, out=out)
      """;

  private final NDManager manager;
  private final Script script;
  private final Map<String, NDArray> arrays = new TreeMap<>();

  private Products(NDManager manager) {
    this.manager = manager;
    script = new Script(manager, METHODS);
  }

  public static void main(String[] args) throws Exception {
    List<long[]> rows = rows();
    Environment environment = new Environment("cpu", "f32", Integer.parseInt(args[0]));
    try (NDManager manager = Torch.manager(environment)) {
      Products products = new Products(manager);
      double milliseconds = products.median(rows);
      double square = products.median(List.of(new long[] {1, 1, SQUARE, SQUARE, SQUARE}));
      double operations = 2.0 * SQUARE * SQUARE * SQUARE;
      System.out.println(
          String.format(Locale.ROOT, "%.1f %.1f", milliseconds, operations / square / 1e6));
      products.script.close();
    }
  }

  private static List<long[]> rows() throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<long[]> rows = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      rows.add(Stream.of(line.split(" ")).mapToLong(Long::parseLong).toArray());
    }
    return rows;
  }

  private double median(List<long[]> rows) {
    double[] times = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long began = System.nanoTime();
      rows.forEach(this::compute);
      times[round] = (System.nanoTime() - began) / 1e6;
    }
    Arrays.sort(times);
    return times[ROUNDS / 2];
  }

  private void compute(long[] row) {
    long batch = row[1];
    NDArray a = array("a", batch, row[2], row[3]);
    NDArray b = array("b", batch, row[3], row[4]);
    NDArray out = array("out", batch, row[2], row[4]);
    for (long i = 0; i < row[0]; i++) {
      script.one(batch == 1 ? "one_product" : "product", out, a, b);
    }
  }

  private NDArray array(String role, long batch, long rows, long columns) {
    Shape shape = batch == 1 ? new Shape(rows, columns) : new Shape(batch, rows, columns);
    return arrays.computeIfAbsent(
        role + shape, key -> manager.randomUniform(-1, 1, shape, DataType.FLOAT32));
  }
}
