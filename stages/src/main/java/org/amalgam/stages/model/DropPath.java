package org.amalgam.stages.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.amalgam.stages.tensor.RandomStream;
import org.jspecify.annotations.Nullable;

/** Draws which residual branches the layers of one pass drop. */
final class DropPath {
  static final String METHODS =
      """
        def dropped(self, g1: Tensor, g2: Tensor, kept: Tensor) -> List[Tensor]:
          return [torch.mul(g1, torch.select(kept, 0, 0)), torch.mul(g2, torch.select(kept, 0, 1))]
      """;

  private final Dropout dropout;
  private final int[] uses;

  DropPath(Dropout dropout, int layers) {
    this.dropout = dropout;
    this.uses = new int[layers];
  }

  /**
   * Both LayerScales of a layer as the next use of it has them: (d) where nothing is dropped, else
   * (n, 1, d) with zeros for a dropped branch, the others enlarged so that the mean stays.
   */
  List<NDArray> scales(Transformer.Pass pass, int layer, long samples) {
    NDArray scale1 = pass.weight(ParameterShapes.name(layer, "gamma_1"));
    NDArray scale2 = pass.weight(ParameterShapes.name(layer, "gamma_2"));
    float[] kept = kept(layer, Math.toIntExact(samples));
    if (kept == null) {
      return List.of(scale1, scale2);
    }
    NDManager manager = scale1.getManager();
    return pass.calls("dropped", scale1, scale2, manager.create(kept, new Shape(2, samples, 1, 1)));
  }

  /** Factors of the attention branches of all samples, then of their FFN branches. */
  float @Nullable [] kept(int layer, int samples) {
    double rate = dropout.rate(layer, uses.length);
    if (rate == 0) {
      return null;
    }
    RandomStream random =
        RandomStream.of(
            dropout.seed(), "drop-path", dropout.step(), dropout.part(), layer, uses[layer]++);
    float[] kept = new float[2 * samples];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = random.nextBoolean(rate) ? 0 : (float) (1 / (1 - rate));
    }
    return kept;
  }
}
