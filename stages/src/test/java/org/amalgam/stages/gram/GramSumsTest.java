package org.amalgam.stages.gram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.tensor.RandomStream;
import org.amalgam.stages.tensor.Torch;
import org.junit.jupiter.api.Test;

class GramSumsTest {
  private static final ExpertName NAME = new ExpertName(0, "mlp", "v", "fc1.weight");
  private static final int WIDTH = 3;

  @Test
  void inputsOfMoreRowsThanAreWidenedAtOnceCountWhole() throws Exception {
    int rows = 10_000;
    float[] x = new float[rows * WIDTH];
    RandomStream.of(1, "inputs").fillGaussian(x, 1);
    double[] expected = new double[WIDTH * WIDTH];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < WIDTH * WIDTH; i++) {
        expected[i] += (double) x[row * WIDTH + i / WIDTH] * x[row * WIDTH + i % WIDTH];
      }
    }
    LinearLayer layer = new LinearLayer(NAME, WIDTH);
    try (NDManager manager = Torch.manager(Environment.DEFAULT);
        GramSums sums = new GramSums(manager, List.of(layer));
        NDManager scope = manager.newSubManager()) {
      NDArray inputs = scope.create(x, new Shape(100, 100, WIDTH));
      sums.of(NAME.toString(), inputs);
      int kept = scope.getManagedArrays().size();
      sums.of(NAME.toString(), inputs);
      sums.of(NAME.of("l").toString(), inputs);

      assertThat(scope.getManagedArrays()).as("what is left behind").hasSize(kept);
      assertThat(sums.rows(layer)).isEqualTo(2 * rows);
      ByteBuffer sum = sums.sum(layer).order(ByteOrder.nativeOrder());
      for (double each : expected) {
        assertThat(sum.getDouble()).isCloseTo(2 * each, within(1e-8 * rows));
      }
    }
  }
}
