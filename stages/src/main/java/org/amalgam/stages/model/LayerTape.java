package org.amalgam.stages.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.amalgam.stages.tensor.Script;
import org.amalgam.stages.tensor.Torch;
import org.jspecify.annotations.Nullable;

/**
 * Runs layers outside autograd and remembers what their own backward reads.
 *
 * <p>What a layer gives is a leaf of its own, so that autograd, which has the embeddings, the heads
 * and the losses, ends there; {@link #backward} carries the gradient over from leaf to leaf, the
 * last layer first. Without a place for gradients it remembers nothing.
 */
final class LayerTape {
  /** The tensors of a layer, in the order in which {@link LayerScript} counts them. */
  static final int NAMES = 15;

  /**
   * One layer's tensors.
   *
   * @param weights as they are in the model
   * @param folded what the kernels multiply with
   * @param gradients where they are summed; empty where nothing is trained
   */
  private record Layer(NDList weights, NDList folded, NDList gradients) {}

  private record Bias(NDArray recorded, NDList values, @Nullable NDArray sum, NDList gradients) {}

  private record Entry(
      String method,
      NDArray input,
      NDArray result,
      NDList kept,
      Layer layer,
      @Nullable NDArray biasGradient) {}

  private final Script script;
  private final Function<String, NDArray> weights;
  private final @Nullable Map<String, NDArray> gradients;
  private final @Nullable LinearInputs inputs;
  private final Map<String, Layer> layers = new TreeMap<>();
  private final Map<String, Bias> biases = new TreeMap<>();
  private final Deque<Entry> entries = new ArrayDeque<>();

  /**
   * An empty tape.
   *
   * @param weights a tensor of the model by name
   * @param gradients where the gradient of each is summed, by name
   * @param inputs what is shown the inputs of every linear map
   */
  LayerTape(
      Script script,
      Function<String, NDArray> weights,
      @Nullable Map<String, NDArray> gradients,
      @Nullable LinearInputs inputs) {
    this.script = script;
    this.weights = weights;
    this.gradients = gradients;
    this.inputs = inputs;
  }

  /**
   * One layer.
   *
   * @param x (n, tokens, d)
   * @param at the positions that are read, i64 (n, k), or null for all
   * @param index of the position table, (tokens, tokens), for sequences of this kind
   * @return (n, tokens or k, d)
   */
  NDArray layer(
      NDArray x,
      @Nullable NDArray at,
      int number,
      List<String> names,
      String kind,
      NDArray index,
      NDArray mask) {
    Bias bias = biases.computeIfAbsent(kind, key -> bias(index));
    boolean recorded = Torch.recordsGradients();
    Torch.recordGradients(false);
    try {
      Layer layer = layers.computeIfAbsent(String.join(" ", names), key -> read(names));
      NDList arguments = at == null ? new NDList(x) : new NDList(x, at);
      arguments.add(bias.values().get(number));
      arguments.add(mask);
      arguments.addAll(layer.weights());
      arguments.addAll(layer.folded());
      String method = at == null ? "layer" : "layer_at";
      NDList kept = script.call(method + "_forward", arguments);
      NDArray y = kept.remove(0);
      if (inputs != null && at == null) {
        show(inputs, names, kept);
      }
      if (gradients == null) {
        kept.close();
      } else {
        y.setRequiresGradient(true);
        named("r[]", kept);
        NDArray sum = bias.gradients().isEmpty() ? null : bias.gradients().get(number);
        entries.push(new Entry(method + "_backward", x, y, kept, layer, sum));
      }
      return y;
    } finally {
      Torch.recordGradients(recorded);
    }
  }

  /** Of what a layer's forward keeps for its backward; the places are {@link LayerScript}'s. */
  private static void show(LinearInputs inputs, List<String> names, NDList kept) {
    inputs.of(names.get(6), kept.get(7));
    inputs.of(names.get(7), kept.get(12));
    inputs.of(names.get(11), kept.get(3));
    inputs.of(names.get(13), kept.get(5));
  }

  /**
   * Adds the gradients of a loss: through autograd to the layers' results, through the layers, and
   * through autograd again below them.
   */
  void backward(NDArray loss) {
    propagate(loss, loss.onesLike());
    while (!entries.isEmpty()) {
      Entry entry = entries.pop();
      NDArray dy = JniUtils.getGradient((PtNDArray) entry.result());
      if (dy != null) {
        Torch.recordGradients(false);
        NDArray dx = derivative(entry, dy);
        Torch.recordGradients(true);
        dy.close();
        propagate(entry.input(), dx);
        dx.close();
      }
      entry.kept().close();
    }
    for (Bias bias : biases.values()) {
      if (bias.sum() != null) {
        propagate(bias.recorded(), bias.sum());
      }
    }
  }

  private NDArray derivative(Entry entry, NDArray dy) {
    NDList arguments = new NDList(dy);
    arguments.addAll(entry.kept());
    arguments.addAll(entry.layer().weights());
    arguments.addAll(entry.layer().folded());
    arguments.addAll(entry.layer().gradients());
    arguments.add(entry.biasGradient());
    return script.call(entry.method(), arguments).get(0);
  }

  private static void propagate(NDArray result, NDArray gradient) {
    // The graph stays: a result may be what several layers start from.
    JniUtils.backward((PtNDArray) result, (PtNDArray) gradient, true, false);
  }

  private Layer read(List<String> names) {
    NDList own = new NDList();
    NDList sums = new NDList();
    for (String name : names) {
      own.add(weights.apply(name).stopGradient());
      if (gradients != null) {
        sums.add(gradients.get(name));
      }
    }
    named("w[]", own);
    return new Layer(own, named("f[]", script.call("fold", own)), named("d[]", sums));
  }

  /** The engine takes tensors of a name that ends in [] as one list. */
  private static NDList named(String name, NDList list) {
    list.forEach(array -> array.setName(name));
    return list;
  }

  private Bias bias(NDArray index) {
    NDArray table = weights.apply("relative_position_bias_table");
    NDArray all = script.one("position_biases", table, index);
    NDArray values = all.stopGradient();
    NDArray sum = gradients == null ? null : values.zerosLike();
    return new Bias(all, pieces(values), sum, sum == null ? new NDList() : pieces(sum));
  }

  /** Views (heads, tokens, tokens), one a layer. */
  private static NDList pieces(NDArray all) {
    NDList views = new NDList();
    for (NDArray one : all.split(all.getShape().get(0))) {
      views.add(one.squeeze(0));
    }
    return views;
  }
}
