package org.amalgam.stages.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.List;

/** AdamW (Loshchilov and Hutter, 2019) over {@link FlatParameters}, one fused update a group. */
public final class AdamW implements AutoCloseable {
  /**
   * @param beta1 decay of the mean of gradients, in [0, 1)
   * @param beta2 decay of the mean of squared gradients, in [0, 1)
   * @param epsilon added to the root
   * @param weightDecay decoupled, per unit of learning rate
   * @param clipNorm longest gradient by Euclidean norm, or 0 for no clipping
   */
  public record Options(
      double beta1, double beta2, double epsilon, double weightDecay, double clipNorm) {}

  private static final String METHODS =
      """
        def advance(self, steps: Tensor) -> Tensor:
          return torch.add_(steps, 1.0)
        def clear(self, gradient: Tensor) -> Tensor:
          return torch.zero_(gradient)
        def clip(self, gradient: Tensor, longest: float) -> Tensor:
          norm = torch.norm(gradient, 2)
          factor = torch.mul(torch.reciprocal(torch.add(norm, 1.0e-6)), longest)
          return torch.mul_(gradient, torch.clamp(factor, None, 1.0))
        def update(self, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], x: List[Tensor], t: List[Tensor], rate: float, beta1: float, beta2: float, decay: float, epsilon: float) -> int:
          torch._fused_adamw_(p, g, m, v, x, t, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=epsilon, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
          return 0
      """;

  private final FlatParameters parameters;
  private final Options options;
  private final NDManager manager;
  private final Script script;
  private final NDList values;
  private final NDList gradients;
  private final NDList means;
  private final NDList squares;
  private final NDArray steps;

  public AdamW(FlatParameters parameters, Options options) {
    this.parameters = parameters;
    this.options = options;
    manager = parameters.manager().newSubManager();
    script = new Script(manager, METHODS);
    values = parameters.pieces(parameters.values());
    gradients = parameters.pieces(parameters.gradient());
    means = parameters.pieces(manager.zeros(new Shape(parameters.size())));
    squares = parameters.pieces(manager.zeros(new Shape(parameters.size())));
    steps = manager.zeros(new Shape());
  }

  /** Updates the weights with the gradient that backward left, and clears it. */
  public void step(double rate) {
    NDArray gradient = parameters.gradient();
    if (options.clipNorm() > 0) {
      script.plain("clip", tensor(gradient), IValue.from(options.clipNorm())).close();
    }
    script.plain("advance", tensor(steps)).close();
    List<FlatParameters.Group> groups = parameters.groups();
    for (int i = 0; i < groups.size(); i++) {
      FlatParameters.Group group = groups.get(i);
      script
          .plain(
              "update",
              list(values.get(i)),
              list(gradients.get(i)),
              list(means.get(i)),
              list(squares.get(i)),
              IValue.listFrom(new PtNDArray[0]),
              list(steps),
              IValue.from(rate * group.rateFactor()),
              IValue.from(options.beta1()),
              IValue.from(options.beta2()),
              IValue.from(group.decayed() ? options.weightDecay() : 0.0),
              IValue.from(options.epsilon()))
          .close();
    }
    script.plain("clear", tensor(gradient)).close();
  }

  private static IValue tensor(NDArray array) {
    return IValue.from((PtNDArray) array);
  }

  private static IValue list(NDArray array) {
    return IValue.listFrom((PtNDArray) array);
  }

  @Override
  public void close() {
    script.close();
    manager.close();
  }
}
