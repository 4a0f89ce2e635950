package org.amalgam.stages.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All tensors of a model in one vector, group after group, and their gradients in another, so that
 * norm and update are a handful of operations whatever the number of tensors.
 */
public final class FlatParameters implements AutoCloseable {
  /**
   * Tensors that are updated alike.
   *
   * @param decayed whether weight decay applies
   * @param rateFactor multiplies the learning rate
   */
  public record Group(boolean decayed, double rateFactor) implements Comparable<Group> {
    @Override
    public int compareTo(Group other) {
      int byDecay = Boolean.compare(other.decayed, decayed);
      return byDecay != 0 ? byDecay : Double.compare(rateFactor, other.rateFactor);
    }
  }

  /** Elements that are copied at once: 16 MiB. */
  private static final int PIECE = 1 << 22;

  private static final String COPY =
      """
        def copy(self, values: Tensor, place: Tensor) -> Tensor:
          return place.copy_(values)
      """;

  private final NDManager manager;
  private final List<String> names = new ArrayList<>();
  private final List<TensorInfo> infos = new ArrayList<>();
  private final SortedMap<Group, Long> groups = new TreeMap<>();
  private final long[] ends;
  private final PtNDArray flat;
  private Map<String, NDArray> leaves = Map.of();
  private Map<String, NDArray> gradients = Map.of();
  private @Nullable PtNDArray gradient;

  /** Copies weights to the manager's device, grouped. */
  public FlatParameters(
      NDManager parent, SortedMap<String, HostTensor> weights, Function<String, Group> grouping) {
    manager = parent.newSubManager();
    SortedMap<Group, List<Map.Entry<String, HostTensor>>> members = new TreeMap<>();
    weights
        .entrySet()
        .forEach(
            entry ->
                members
                    .computeIfAbsent(grouping.apply(entry.getKey()), g -> new ArrayList<>())
                    .add(entry));
    long size = weights.values().stream().mapToLong(w -> w.info().elements()).sum();
    members.forEach(
        (group, grouped) -> {
          long all = 0;
          for (Map.Entry<String, HostTensor> entry : grouped) {
            names.add(entry.getKey());
            infos.add(entry.getValue().info());
            all += entry.getValue().info().elements();
          }
          groups.put(group, all);
        });
    ends = new long[Math.max(0, names.size() - 1)];
    long end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += infos.get(i).elements();
      ends[i] = end;
    }
    flat = (PtNDArray) manager.zeros(new Shape(size));
    fill(weights);
  }

  /** Copies a piece at a time, so that the weights are not twice in native memory. */
  private void fill(SortedMap<String, HostTensor> weights) {
    ByteBuffer piece =
        ByteBuffer.allocateDirect(PIECE * Float.BYTES).order(ByteOrder.nativeOrder());
    FloatBuffer floats = piece.asFloatBuffer();
    long at = 0;
    try (Script script = new Script(manager, COPY)) {
      for (String name : names) {
        FloatBuffer values = Objects.requireNonNull(weights.get(name)).data().asFloatBuffer();
        while (values.hasRemaining()) {
          int count = Math.min(PIECE, values.remaining());
          floats.clear().put(values.slice(values.position(), count));
          values.position(values.position() + count);
          try (NDArray mapped = manager.create(floats.flip(), new Shape(count));
              NDArray place = flat.get(at + ":" + (at + count))) {
            script.one("copy", mapped, place).close();
          }
          at += count;
        }
      }
    }
  }

  /**
   * Every tensor, by name, that belongs to the manager of a step, as does whatever is made of it.
   * While gradients are recorded each is an autograd leaf, and {@link #detach} collects them.
   */
  public Map<String, NDArray> attach(NDManager step) {
    leaves = views(flat, step);
    if (JniUtils.isGradMode()) {
      leaves.values().forEach(leaf -> leaf.setRequiresGradient(true));
    }
    return leaves;
  }

  /** Where the gradient of every tensor is summed, by name; zero until something adds to it. */
  public Map<String, NDArray> gradients() {
    if (gradients.isEmpty()) {
      gradients = views(gradient(), manager);
    }
    return gradients;
  }

  /** Adds what autograd left at the leaves to the {@link #gradients}, and lets the step go. */
  public void detach() {
    if (!JniUtils.isGradMode()) {
      leaves = Map.of();
      return;
    }
    JniUtils.setGradMode(false);
    leaves.forEach(
        (name, leaf) -> {
          NDArray left = JniUtils.getGradient((PtNDArray) leaf);
          if (left != null) {
            Objects.requireNonNull(gradients().get(name)).addi(left);
            left.close();
          }
        });
    JniUtils.setGradMode(true);
    leaves = Map.of();
  }

  private Map<String, NDArray> views(NDArray vector, NDManager owner) {
    NDList pieces = ends.length == 0 ? new NDList(vector) : vector.split(ends, 0);
    SortedMap<String, NDArray> byName = new TreeMap<>();
    for (int i = 0; i < names.size(); i++) {
      NDArray view = pieces.get(i).reshape(new Shape(infos.get(i).shape()));
      view.attach(owner);
      byName.put(names.get(i), view);
      if (ends.length > 0) {
        pieces.get(i).close();
      }
    }
    return Collections.unmodifiableSortedMap(byName);
  }

  /** The flat gradient, which a model that is only asked never has; it belongs to this object. */
  NDArray gradient() {
    if (gradient == null) {
      gradient = (PtNDArray) manager.zeros(new Shape(size()));
    }
    return gradient;
  }

  NDManager manager() {
    return manager;
  }

  /** A vector of the weights' length, cut into one piece a group. */
  NDList pieces(NDArray vector) {
    long[] cuts = new long[groups.size() - 1];
    long end = 0;
    int i = 0;
    for (long size : groups.values()) {
      end += size;
      if (i < cuts.length) {
        cuts[i++] = end;
      }
    }
    return cuts.length == 0 ? new NDList(vector) : vector.split(cuts, 0);
  }

  /** The weights, one tensor after another. */
  NDArray values() {
    return flat;
  }

  List<Group> groups() {
    return List.copyOf(groups.keySet());
  }

  long size() {
    return flat.size();
  }

  /** A copy of the weights in host memory. */
  public SortedMap<String, HostTensor> weights() {
    SortedMap<String, HostTensor> weights = new TreeMap<>();
    long at = 0;
    for (int i = 0; i < names.size(); i++) {
      long end = at + infos.get(i).elements();
      try (NDArray part = flat.get(at + ":" + end)) {
        ByteBuffer host = part.toByteBuffer();
        ByteBuffer copy = ByteBuffer.allocate(host.remaining()).put(host).flip();
        weights.put(names.get(i), new HostTensor(infos.get(i), copy));
      }
      at = end;
    }
    return Collections.unmodifiableSortedMap(weights);
  }

  @Override
  public void close() {
    manager.close();
  }
}
