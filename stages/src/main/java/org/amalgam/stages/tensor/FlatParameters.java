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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * All tensors of a model as one leaf, group after group, so that its gradient, its norm and its
 * update are a handful of operations whatever the number of tensors.
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

  private final NDManager manager;
  private final List<String> names = new ArrayList<>();
  private final List<TensorInfo> infos = new ArrayList<>();
  private final SortedMap<Group, Long> groups = new TreeMap<>();
  private final long[] ends;
  private final PtNDArray flat;

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
    ByteBuffer host =
        ByteBuffer.allocateDirect(Math.toIntExact(size * Float.BYTES))
            .order(ByteOrder.nativeOrder());
    FloatBuffer floats = host.asFloatBuffer();
    members.forEach(
        (group, grouped) -> {
          int before = floats.position();
          for (Map.Entry<String, HostTensor> entry : grouped) {
            names.add(entry.getKey());
            infos.add(entry.getValue().info());
            floats.put(entry.getValue().data().asFloatBuffer());
          }
          groups.put(group, (long) floats.position() - before);
        });
    ends = new long[Math.max(0, names.size() - 1)];
    long end = 0;
    for (int i = 0; i < ends.length; i++) {
      end += infos.get(i).elements();
      ends[i] = end;
    }
    try (NDArray mapped = manager.create(floats.flip(), new Shape(size))) {
      flat = (PtNDArray) mapped.duplicate();
    }
    flat.setRequiresGradient(true);
  }

  /**
   * Views of every tensor, by name, that belong to the manager of a step. The leaf itself belongs
   * to it too until {@link #detach}, so that nothing made of it outlives the step.
   */
  public Map<String, NDArray> attach(NDManager step) {
    flat.attach(step);
    NDList views = ends.length == 0 ? new NDList(flat) : flat.split(ends, 0);
    SortedMap<String, NDArray> byName = new TreeMap<>();
    for (int i = 0; i < names.size(); i++) {
      byName.put(names.get(i), views.get(i).reshape(new Shape(infos.get(i).shape())));
    }
    return byName;
  }

  /** Takes the leaf back from the step. */
  public void detach() {
    flat.attach(manager);
  }

  /** The flat gradient after backward; the caller closes it. */
  NDArray gradient() {
    return JniUtils.getGradient(flat);
  }

  void zeroGradient() {
    JniUtils.zeroGrad(flat);
  }

  NDManager manager() {
    return manager;
  }

  /** The leaf's memory outside autograd, cut into one piece a group. */
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

  PtNDArray leaf() {
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
    ByteBuffer host = flat.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    SortedMap<String, HostTensor> weights = new TreeMap<>();
    int offset = host.position();
    for (int i = 0; i < names.size(); i++) {
      int bytes = Math.toIntExact(infos.get(i).elements() * Float.BYTES);
      byte[] copy = new byte[bytes];
      host.get(offset, copy);
      offset += bytes;
      weights.put(names.get(i), new HostTensor(infos.get(i), ByteBuffer.wrap(copy)));
    }
    return Collections.unmodifiableSortedMap(weights);
  }

  @Override
  public void close() {
    manager.close();
  }
}
