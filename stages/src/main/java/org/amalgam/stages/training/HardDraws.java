package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.function.IntFunction;
import org.amalgam.stages.tensor.RandomStream;

/**
 * The random part of drawing hard negatives, made in memory ahead of the step, so that the draw
 * itself needs nothing from the device back.
 *
 * <p>Wrong partners are sampled in proportion to exp(similarity / 0.07), 0.07 being the
 * temperature's initial value (facts of the released code, section 2.1).
 *
 * @param allowed (n, n): 1 where an image and a text do not match, else 0
 * @param at for each text, then for each image: the place of the draw in the sum of the weights, in
 *     [0, 1)
 * @param otherwise likewise: whom to take where everything matches
 */
@SuppressWarnings("ArrayRecordComponent") // handed on to the device; not compared
record HardDraws(float[] allowed, double[] at, long[] otherwise) {
  static final String METHODS =
      """
        def hard_pairs(self, images: Tensor, texts: Tensor, allowed: Tensor, at: Tensor, otherwise: Tensor, own: Tensor) -> List[Tensor]:
          cosines = torch.to(torch.matmul(torch.detach(images), torch.t(torch.detach(texts))), 7)
          weights = torch.mul(torch.exp(torch.div(cosines, 0.07)), allowed)
          sums = torch.cumsum(torch.cat([torch.t(weights), weights], 0), 1)
          all = torch.select(sums, 1, -1)
          below = torch.le(sums, torch.unsqueeze(torch.mul(all, at), 1))
          drawn = torch.where(torch.gt(all, 0.0), torch.sum(below, [1]), otherwise)
          n = torch.size(own, 0)
          text_rows = torch.cat([own, own, torch.narrow(drawn, 0, n, n)], 0)
          image_rows = torch.cat([own, torch.narrow(drawn, 0, 0, n), own], 0)
          return [text_rows, image_rows]
      """;

  /** Tells whether a text fits an image, both by their place in the batch. */
  interface Fit {
    boolean test(int image, int text);
  }

  /**
   * Draws for a batch.
   *
   * @param streams one for each place in the batch
   */
  static HardDraws of(int n, Fit fit, IntFunction<RandomStream> streams) {
    HardDraws draws = new HardDraws(new float[n * n], new double[2 * n], new long[2 * n]);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        draws.allowed[i * n + j] = i == j || fit.test(i, j) ? 0 : 1;
      }
      RandomStream random = streams.apply(i);
      for (int k = i; k < 2 * n; k += n) {
        // 32 bits, so that no product with a sum is rounded up to the sum.
        draws.at[k] = (random.nextLong() >>> 32) * 0x1.0p-32;
        draws.otherwise[k] = (i + 1L + random.nextInt(n - 1)) % n;
      }
    }
    return draws;
  }

  /**
   * The arguments of {@code hard_pairs} after the features.
   *
   * @param manager of the step
   */
  NDList on(NDManager manager) {
    int n = otherwise.length / 2;
    int[] own = new int[n];
    for (int i = 0; i < n; i++) {
      own[i] = i;
    }
    NDArray mask = manager.create(allowed, new Shape(n, n));
    return new NDList(
        mask,
        manager.create(at, new Shape(2L * n)),
        manager.create(otherwise, new Shape(2L * n)),
        LossScript.longs(manager, own));
  }
}
