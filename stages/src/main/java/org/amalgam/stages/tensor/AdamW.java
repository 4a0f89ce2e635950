package org.amalgam.stages.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

  /** One number for each weight: what the next update starts from, beside {@link #updates}. */
  public enum State {
    /** The decaying mean of gradients. */
    MEANS,
    /** The decaying mean of squared gradients. */
    SQUARES,
    /** The weights themselves. */
    WEIGHTS
  }

  private static final String METHODS =
      """
        def advance(self, steps: Tensor) -> Tensor:
          return torch.add_(steps, 1.0)
        def scale(self, gradient: Tensor, factor: float) -> Tensor:
          return torch.mul_(gradient, factor)
        def piece(self, x: Tensor, start: int, length: int) -> Tensor:
          return torch.clone(torch.narrow(x, 0, start, length))
        def fill(self, x: Tensor, start: int, length: int, piece: Tensor) -> Tensor:
          return torch.copy_(torch.narrow(x, 0, start, length), piece)
        def count(self, steps: Tensor, updates: int) -> Tensor:
          return torch.fill_(steps, updates)
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
  private final NDArray mean;
  private final NDArray square;
  private final NDList values;
  private final NDList gradients;
  private final NDList means;
  private final NDList squares;
  private final NDArray steps;
  private long updates;

  public AdamW(FlatParameters parameters, Options options) {
    this.parameters = parameters;
    this.options = options;
    manager = parameters.manager().newSubManager();
    script = new Script(manager, METHODS);
    values = parameters.pieces(parameters.values());
    gradients = parameters.pieces(parameters.gradient());
    mean = manager.zeros(new Shape(parameters.size()));
    square = manager.zeros(new Shape(parameters.size()));
    means = parameters.pieces(mean);
    squares = parameters.pieces(square);
    steps = manager.zeros(new Shape());
  }

  /** Updates the weights with the gradient that backward left, and clears it. */
  public void step(double rate) {
    step(rate, 1);
  }

  /**
   * Updates the weights with the mean of several gradients, and clears their sum.
   *
   * @param summed how many gradients backward has added up
   */
  public void step(double rate, int summed) {
    NDArray gradient = parameters.gradient();
    if (summed > 1) {
      script.plain("scale", tensor(gradient), IValue.from(1.0 / summed)).close();
    }
    if (options.clipNorm() > 0) {
      script.plain("clip", tensor(gradient), IValue.from(options.clipNorm())).close();
    }
    script.plain("advance", tensor(steps)).close();
    updates++;
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

  /** How many updates were made. */
  public long updates() {
    return updates;
  }

  /** Entries of each {@link State}: those of all tensors. */
  public long size() {
    return parameters.size();
  }

  /** A copy of the entries {@code [from, from + length)} in host memory, f32 little-endian. */
  public ByteBuffer read(State state, long from, int length) {
    try (IValue piece = script.plain("piece", tensor(vector(state)), number(from), number(length));
        NDArray there = piece.toTensor((PtNDManager) manager);
        NDArray here = there.toDevice(Device.cpu(), false)) {
      return here.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Overwrites the entries from {@code from} on with f32 little-endian ones. */
  public void write(State state, long from, ByteBuffer entries) {
    int length = entries.remaining() / Float.BYTES;
    ByteBuffer ordered = entries.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    try (NDArray piece = manager.create(ordered.asFloatBuffer(), new Shape(length))) {
      script
          .plain("fill", tensor(vector(state)), number(from), number(length), tensor(piece))
          .close();
    }
  }

  /** Goes on as after so many updates, of which {@link #write} has told what they left. */
  public void goOnAfter(long made) {
    script.plain("count", tensor(steps), number(made)).close();
    updates = made;
  }

  private NDArray vector(State state) {
    return switch (state) {
      case MEANS -> mean;
      case SQUARES -> square;
      case WEIGHTS -> parameters.values();
    };
  }

  private static IValue number(long value) {
    return IValue.from(value);
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
