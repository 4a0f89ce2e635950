package org.amalgam.stages.alignment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.merging.streaming.BitCopy;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.merging.streaming.OutputTensor;
import org.amalgam.stages.merging.streaming.StreamingMerge;
import org.amalgam.stages.merging.streaming.TensorMerge;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.model.RelativePositions;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.TensorSource;
import org.jspecify.annotations.Nullable;

/**
 * Permutation alignment of a model's experts by weight matching (Ainsworth et al. 2022): in every
 * layer the hidden units and heads of each expert get the order in which their weights agree best
 * with those of a reference expert. Every expert still computes what it did.
 *
 * <p>The residual stream keeps its order, since embeddings, norms and heads of tasks are shared, so
 * layers do not depend on each other and each order is the best one, without iterations.
 *
 * <p>Heads have columns in the relative position table, which all modalities share. In layers
 * without a cross-modal expert a text reads only the table's text rows and an image only its image
 * rows, so these move with the heads. In the layers above, the cross-modal expert reads both, and
 * no order of one expert's heads leaves it alone: heads stay there.
 */
public final class Alignment {
  private static final String TABLE = "relative_position_bias_table";

  private final TensorSource model;
  private final String reference;
  private final ExpertLayout layout;
  private final List<UnitGroup> groups = new ArrayList<>();
  private final String headsLeft;

  /**
   * Looks at headers only.
   *
   * @param reference the expert that stays as it is, {@code v} or {@code l}
   * @param heads whether heads are aligned too, or hidden units only
   * @throws StageFailure if the model has no experts, or none with units
   */
  public Alignment(TensorSource model, String reference, boolean heads)
      throws IOException, StageFailure {
    this.model = model;
    this.reference = reference;
    this.layout = ExpertLayout.of(model);
    int headCount = heads ? heads() : 0;
    this.headsLeft =
        !heads
            ? "heads were not asked for"
            : headCount == 0
                ? "no " + TABLE + " tells how many heads there are, so heads stay"
                : layout.crossLayers() > 0
                    ? "heads stay in the top %d layers, where a cross-modal expert reads the relative positions too"
                        .formatted(layout.crossLayers())
                    : "";
    for (int layer = 0; layer < layout.layers(); layer++) {
      addGroups(layer, UnitKind.HIDDEN_UNITS, 0);
      if (headCount > 0 && layer < layout.layers() - layout.crossLayers()) {
        addGroups(layer, UnitKind.HEADS, headCount);
      }
    }
    if (groups.isEmpty()) {
      throw new StageFailure(
          model.path()
              + ": its modalities share all hidden units and heads, so there is nothing to align");
    }
  }

  /** What stays though one might expect otherwise, and why; may be empty. */
  public String left() {
    return headsLeft;
  }

  /** Heads of a layer, told from the relative position table; 0 without one. */
  private int heads() throws IOException, StageFailure {
    if (!model.contains(TABLE)) {
      return 0;
    }
    long[] shape = model.info(TABLE).shape();
    if (shape.length != 2
        || shape[1] % layout.layers() != 0
        || RelativePositions.imageEnd(shape[0]) < 0) {
      throw new StageFailure(
          "%s: %s is %s; rows of images and of texts and a column for each head of %d layers are expected"
              .formatted(model.path(), TABLE, Arrays.toString(shape), layout.layers()));
    }
    return Math.toIntExact(shape[1] / layout.layers());
  }

  private void addGroups(int layer, UnitKind kind, int heads) throws StageFailure {
    List<ExpertSlot> slots =
        layout.slots().values().stream()
            .filter(slot -> slot.layer() == layer && slot.subLayer().equals(kind.subLayer()))
            .sorted(Comparator.comparing(ExpertSlot::parameter))
            .toList();
    if (slots.isEmpty()) {
      return;
    }
    int units = heads;
    for (ExpertSlot slot : slots) {
      long[] shape = slot.info().shape();
      if (!kind.knows(slot.parameter())) {
        throw new StageFailure(
            model.path() + ": " + slot.name("v") + ": it is not known how it is made of units");
      }
      UnitKind.Side side = kind.side(slot.parameter());
      if (side == UnitKind.Side.NONE) {
        continue;
      }
      long along =
          side == UnitKind.Side.COLUMNS
              ? shape[shape.length - 1]
              : shape[0] / UnitKind.repeats(slot.parameter());
      units = units == 0 ? Math.toIntExact(along) : units;
      if (along == 0 || along % units != 0 || kind == UnitKind.HIDDEN_UNITS && along != units) {
        throw new StageFailure(
            "%s: %s is %s, which is not made of %d %s"
                .formatted(model.path(), slot.name("v"), slot.info(), units, kind.label()));
      }
    }
    for (String expert : slots.get(0).experts()) {
      if (!expert.equals(reference)) {
        groups.add(new UnitGroup(layer, expert, kind, slots, units));
      }
    }
  }

  /**
   * Writes the same model with its experts aligned.
   *
   * @return the orders, by layer
   * @throws StageFailure if weights are not finite; no file is left
   */
  public List<UnitOrder> write(Path file, Workers workers, Progress progress)
      throws IOException, StageFailure, InterruptedException {
    SortedMap<Integer, UnitOrder> found = Collections.synchronizedSortedMap(new TreeMap<>());
    workers.run(
        IntStream.range(0, groups.size()).boxed().toList(),
        index -> groups.get(index).memory(),
        index -> found.put(index, groups.get(index).match(model, reference)),
        progress,
        "set of units");
    SortedMap<String, TensorMerge> reordered = new TreeMap<>();
    found.forEach((index, order) -> reorder(groups.get(index), order, reordered));
    List<UnitOrder> heads =
        found.values().stream().filter(order -> order.kind() == UnitKind.HEADS).toList();
    if (!heads.isEmpty()) {
      reordered.put(TABLE, table(heads));
    }
    List<OutputTensor> tensors = new ArrayList<>();
    for (String name : model.names()) {
      @Nullable TensorMerge moved = reordered.get(name);
      Operand source = new Operand(model, name);
      tensors.add(
          new OutputTensor(name, source.info(), moved == null ? new BitCopy(source) : moved));
    }
    StreamingMerge.write(file, tensors, model.metadata(), workers, progress);
    return List.copyOf(found.values());
  }

  private void reorder(UnitGroup group, UnitOrder order, SortedMap<String, TensorMerge> into) {
    for (ExpertSlot slot : group.slots()) {
      if (!group.has(slot)) {
        continue;
      }
      TensorInfo info = slot.info();
      int height = Math.toIntExact(info.shape()[0]);
      int width = Math.toIntExact(info.elements() / height);
      boolean columns = group.kind().side(slot.parameter()) == UnitKind.Side.COLUMNS;
      int repeats = UnitKind.repeats(slot.parameter());
      String name = slot.name(group.expert());
      into.put(
          name,
          new Reordered(
              new Operand(model, name),
              columns ? same(height) : order.parts(height / repeats / group.units(), repeats),
              columns ? order.parts(width / group.units(), 1) : same(width),
              0,
              height));
    }
  }

  /** The table with the columns of each layer's heads in order, in the moved modality's rows. */
  private TensorMerge table(List<UnitOrder> heads) throws IOException {
    TensorInfo info = model.info(TABLE);
    int rows = Math.toIntExact(info.shape()[0]);
    int[] columns = same(Math.toIntExact(info.shape()[1]));
    for (UnitOrder order : heads) {
      int first = order.layer() * order.order().length;
      for (int head = 0; head < order.order().length; head++) {
        columns[first + head] = first + order.order()[head];
      }
    }
    boolean text = reference.equals(ExpertName.VISION);
    return new Reordered(
        new Operand(model, TABLE),
        same(rows),
        columns,
        text ? Math.toIntExact(RelativePositions.textBegin(rows)) : 0,
        text ? rows : Math.toIntExact(RelativePositions.imageEnd(rows)));
  }

  private static int[] same(int length) {
    return IntStream.range(0, length).toArray();
  }
}
