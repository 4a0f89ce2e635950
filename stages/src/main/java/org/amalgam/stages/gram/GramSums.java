package org.amalgam.stages.gram;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.stages.model.LinearInputs;
import org.amalgam.stages.tensor.Script;
import org.jspecify.annotations.Nullable;

/** Sums {@code X^T X} in f64 for some linear layers; sees the inputs of others and skips them. */
final class GramSums implements LinearInputs, AutoCloseable {
  /** Rows that are widened to f64 at once: 100 MB of the widest input of the base size. */
  private static final int ROWS = 4096;

  // What is summed into comes second: results belong to the owner of the first.
  private static final String METHODS =
      """
        def flat(self, x: Tensor) -> Tensor:
          return torch.reshape(x, [-1, torch.size(x, -1)])
        def flat_rows(self, x: Tensor, index: Tensor) -> Tensor:
          return torch.index_select(torch.reshape(x, [-1, torch.size(x, -1)]), 0, index)
        def add_gram(self, x: Tensor, sum: Tensor) -> Tensor:
          y = torch.to(x, 7)
          return torch.addmm_(sum, torch.t(y), y)
      """;

  private final NDManager manager;
  private final Script script;
  private final SortedMap<String, NDArray> sums = new TreeMap<>();
  private final SortedMap<String, Long> rows = new TreeMap<>();
  private @Nullable NDArray counted;

  GramSums(NDManager parent, List<LinearLayer> layers) {
    manager = parent.newSubManager();
    script = new Script(manager, METHODS);
    for (LinearLayer layer : layers) {
      Shape shape = new Shape(layer.width(), layer.width());
      sums.put(layer.name().toString(), manager.zeros(shape, DataType.FLOAT64));
      rows.put(layer.name().toString(), 0L);
    }
  }

  /**
   * Says which tokens of what comes next count.
   *
   * @param index i64, into the tokens of all sequences of a batch one after the other; null for all
   */
  void count(@Nullable NDArray index) {
    counted = index;
  }

  @Override
  public void of(String weight, NDArray inputs) {
    NDArray sum = sums.get(weight);
    if (sum == null) {
      return;
    }
    // Closed at once: a batch of all layers' inputs would be large.
    try (NDArray flat =
        counted == null ? script.one("flat", inputs) : script.one("flat_rows", inputs, counted)) {
      long n = flat.getShape().get(0);
      rows.merge(weight, n, Long::sum);
      for (long from = 0; from < n; from += ROWS) {
        try (NDArray part = flat.get(from + ":" + Math.min(n, from + ROWS))) {
          script.one("add_gram", part, sum).close();
        }
      }
    }
  }

  /** The sum for a layer, f64 (width, width) row-major. */
  ByteBuffer sum(LinearLayer layer) {
    NDArray sum = sums.get(layer.name().toString());
    if (sum == null) {
      throw new IllegalStateException("nothing is summed for " + layer.name());
    }
    return sum.toByteBuffer();
  }

  /** Of how many rows the sum for a layer is. */
  long rows(LinearLayer layer) {
    return rows.getOrDefault(layer.name().toString(), 0L);
  }

  @Override
  public void close() {
    script.close();
    manager.close();
  }
}
