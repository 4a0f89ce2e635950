package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.amalgam.stages.tensor.Script;

/** The losses as TorchScript: their numbers must be literals, see {@link Script}. */
final class LossScript implements AutoCloseable {
  private static final String METHODS =
      """
        def contrast(self, images: Tensor, texts: Tensor, scale: Tensor, target: Tensor) -> Tensor:
          logits = torch.mul(torch.exp(scale), torch.matmul(images, torch.t(texts)))
          rows = torch.cross_entropy_loss(logits, target)
          columns = torch.cross_entropy_loss(torch.t(logits), target)
          return torch.mul(torch.add(rows, columns), 0.5)
        def mean(self, x: Tensor, y: Tensor) -> Tensor:
          return torch.mul(torch.add(x, y), 0.5)
        def cross_entropy(self, logits: Tensor, target: Tensor) -> Tensor:
          return torch.cross_entropy_loss(logits, target)
        def smoothed_cross_entropy(self, logits: Tensor, target: Tensor) -> Tensor:
          return torch.cross_entropy_loss(logits, target, None, 1, -100, SMOOTHING)
        def scaled(self, x: Tensor, factor: Tensor) -> Tensor:
          return torch.mul(x, factor)
        def soft_targets(self, logits: Tensor, scores: Tensor) -> Tensor:
          loss = torch.binary_cross_entropy_with_logits(logits, scores)
          return torch.mul(loss, torch.size(logits, 1))
        def sum(self, x: Tensor, y: Tensor) -> Tensor:
          return torch.add(x, y)
        def weighted(self, itc: Tensor, itm: Tensor, mlm: Tensor) -> Tensor:
          return torch.add(torch.add(itc, itm), torch.mul(mlm, MLM_WEIGHT))
        def mean_of_patches(self, states: Tensor) -> Tensor:
          return torch.mean(torch.narrow(states, 1, 1, torch.sub(torch.size(states, 1), 1)), [1])
        def classify(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
          return torch.linear(x, w, b)
        def flat_rows(self, x: Tensor, index: Tensor) -> Tensor:
          return torch.index_select(torch.flatten(x, 0, 1), 0, index)
      """
          + HardDraws.METHODS;

  private final Script script;

  private LossScript(NDManager manager, double mlmWeight, double smoothing) {
    script =
        new Script(
            manager,
            METHODS
                .replace("MLM_WEIGHT", Double.toString(mlmWeight))
                .replace("SMOOTHING", Double.toString(smoothing)));
  }

  /**
   * Losses of pre-training.
   *
   * @param mlmWeight the weight of masked language modelling in {@link #weighted}
   */
  LossScript(NDManager manager, double mlmWeight) {
    this(manager, mlmWeight, 0);
  }

  /**
   * Losses of classes.
   *
   * @param smoothing share of the target that is spread over all classes
   */
  static LossScript smoothing(NDManager manager, double smoothing) {
    return new LossScript(manager, 1, smoothing);
  }

  /** Symmetric InfoNCE of matching rows, (n, d) each. */
  NDArray contrast(NDArray images, NDArray texts, NDArray logScale) {
    int n = (int) images.getShape().get(0);
    NDArray diagonal = longs(images.getManager(), identity(n));
    return script.one("contrast", images, texts, logScale, diagonal);
  }

  /**
   * The pairs that matching tells apart: all matching ones, each text with a wrong image, each
   * image with a wrong text.
   *
   * @param images normalized features (n, d), without gradient here
   * @return rows of the texts and of the images, i64 (3n) each
   */
  NDList hardPairs(NDArray images, NDArray texts, HardDraws draws) {
    NDList arguments = new NDList(images, texts);
    arguments.addAll(draws.on(images.getManager()));
    return script.call("hard_pairs", arguments);
  }

  NDArray mean(NDArray x, NDArray y) {
    return script.one("mean", x, y);
  }

  /** Mean cross entropy of logits (n, classes) against i64 classes (n). */
  NDArray crossEntropy(NDArray logits, NDArray target) {
    return script.one("cross_entropy", logits, target);
  }

  /** Like {@link #crossEntropy}, part of each target being spread over all classes. */
  NDArray smoothedCrossEntropy(NDArray logits, NDArray target) {
    return script.one("smoothed_cross_entropy", logits, target);
  }

  NDArray scaled(NDArray x, NDArray factor) {
    return script.one("scaled", x, factor);
  }

  /** Binary cross entropy summed over the classes, mean over the batch. */
  NDArray softTargets(NDArray logits, NDArray scores) {
    return script.one("soft_targets", logits, scores);
  }

  NDArray sum(NDArray x, NDArray y) {
    return script.one("sum", x, y);
  }

  NDArray weighted(NDArray itc, NDArray itm, NDArray mlm) {
    return script.one("weighted", itc, itm, mlm);
  }

  /** The mean of all tokens but the first: (n, d). */
  NDArray meanOfPatches(NDArray states) {
    return script.one("mean_of_patches", states);
  }

  NDArray classify(NDArray features, NDArray weight, NDArray bias) {
    return script.one("classify", features, weight, bias);
  }

  /** Rows of (n, k, d) taken as (n k, d). */
  NDArray flatRows(NDArray x, NDArray index) {
    return script.one("flat_rows", x, index);
  }

  static NDArray longs(NDManager manager, int... values) {
    long[] wide = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return manager.create(wide, new Shape(values.length));
  }

  private static int[] identity(int n) {
    int[] values = new int[n];
    for (int i = 0; i < n; i++) {
      values[i] = i;
    }
    return values;
  }

  @Override
  public void close() {
    script.close();
  }
}
