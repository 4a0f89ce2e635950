package org.amalgam.stages.merging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.TensorSource;
import org.jspecify.annotations.Nullable;

/** The files that a merge reads, tensor by tensor. */
public final class MergeInputs implements AutoCloseable {
  private final TensorSource model;
  private final @Nullable TensorSource origin;
  private final @Nullable TensorSource grams;

  private final @Nullable TensorSource fisher;

  private MergeInputs(
      TensorSource model,
      @Nullable TensorSource origin,
      @Nullable TensorSource grams,
      @Nullable TensorSource fisher) {
    this.model = model;
    this.origin = origin;
    this.grams = grams;
    this.fisher = fisher;
  }

  /**
   * Opens the files, each of them whatever {@link TensorSources} opens.
   *
   * @param origin W0, where the experts' training began; modality-agnostic
   * @param grams Gram matrices in f64 or f32, named {@code transformer.blocks.0.mlp.v.fc1}; the one
   *     for {@code attn.v.qkv} is named {@code attn.v}. Where it is known of how many rows one is
   *     the sum, {@code transformer.blocks.0.mlp.v.fc1.rows} holds it, I64 without dimensions
   * @param fisher mean squared gradients by the names of the experts' tensors
   */
  public static MergeInputs open(
      Path model, @Nullable Path origin, @Nullable Path grams, @Nullable Path fisher)
      throws TensorFileException {
    List<TensorSource> opened = new ArrayList<>();
    boolean complete = false;
    try {
      MergeInputs inputs =
          new MergeInputs(
              Objects.requireNonNull(open(model, opened)),
              open(origin, opened),
              open(grams, opened),
              open(fisher, opened));
      complete = true;
      return inputs;
    } finally {
      if (!complete) {
        for (TensorSource file : opened) {
          file.close();
        }
      }
    }
  }

  private static @Nullable TensorSource open(@Nullable Path path, List<TensorSource> opened)
      throws TensorFileException {
    if (path == null) {
      return null;
    }
    TensorSource file = TensorSources.open(path);
    opened.add(file);
    return file;
  }

  public TensorSource model() {
    return model;
  }

  /** An expert's tensor. */
  public Operand expert(ExpertSlot slot, String expert) {
    return new Operand(model, slot.name(expert));
  }

  /** The tensors of experts, in the given order. */
  public List<Operand> experts(ExpertSlot slot, List<String> experts) {
    return experts.stream().map(expert -> expert(slot, expert)).toList();
  }

  /** W0 at a place, then all experts there. */
  public List<Operand> originAndExperts(ExpertSlot slot) throws IOException, StageFailure {
    List<Operand> operands = new ArrayList<>();
    operands.add(origin(slot));
    operands.addAll(experts(slot, slot.experts()));
    return operands;
  }

  /**
   * W0 at a place.
   *
   * @throws StageFailure if no origin was given, or it lacks the tensor or has it in another shape
   */
  public Operand origin(ExpertSlot slot) throws IOException, StageFailure {
    if (origin == null) {
      throw new StageFailure(
          "the merge method needs the weights that training began with; add origin:");
    }
    if (!origin.contains(slot.name())) {
      throw new StageFailure(
          origin.path()
              + ": the origin has no "
              + slot.name()
              + "; give the modality-agnostic model from which "
              + model.path()
              + " was trained");
    }
    TensorInfo info = origin.info(slot.name());
    if (!Arrays.equals(info.shape(), slot.info().shape()) || !info.dtype().isFloating()) {
      throw new StageFailure(
          "%s: the origin's %s is %s, but the model's is %s; they must be of one size"
              .formatted(origin.path(), slot.name(), info, slot.info()));
    }
    return new Operand(origin, slot.name());
  }

  public boolean hasGram(ExpertSlot slot, String expert) throws StageFailure {
    return grams().contains(slot.gram(expert));
  }

  public Path gramsPath() throws StageFailure {
    return grams().path();
  }

  /**
   * The Gram matrix {@code X^T X} of an expert's inputs, n x n row-major.
   *
   * @throws StageFailure if it is not n x n or not F64 or F32
   */
  Operand gram(ExpertSlot slot, String expert, int n) throws IOException, StageFailure {
    String name = slot.gram(expert);
    TensorInfo info = grams().info(name);
    boolean square = Arrays.equals(info.shape(), new long[] {n, n});
    if (!square || (info.dtype() != DType.F64 && info.dtype() != DType.F32)) {
      throw new StageFailure(
          "%s: %s is %s, but the inputs of %s call for F64 [%d, %d]"
              .formatted(gramsPath(), name, info, slot.name(expert), n, n));
    }
    return new Operand(grams(), name);
  }

  /**
   * How many rows a Gram matrix is the sum of.
   *
   * @throws StageFailure if the file does not say
   */
  double rows(ExpertSlot slot, String expert) throws IOException, StageFailure {
    String name = slot.gramRows(expert);
    if (!grams().contains(name)) {
      throw new StageFailure(
          gramsPath() + ": does not say of how many rows its sums are: there is no " + name);
    }
    TensorInfo info = grams().info(name);
    double rows =
        info.dtype() == DType.I64 && info.elements() == 1 ? grams().bytes(name).getLong() : 0;
    if (rows < 1) {
      throw new StageFailure(gramsPath() + ": " + name + " must be one positive I64");
    }
    return rows;
  }

  /**
   * The mean squared gradients of an expert's tensor; none if the file has none for this expert in
   * this layer.
   *
   * @throws StageFailure if no file was given, it has others of this expert and layer, or they have
   *     another shape
   */
  Optional<Operand> fisher(ExpertSlot slot, String expert) throws IOException, StageFailure {
    if (fisher == null) {
      throw new StageFailure("the merge method needs mean squared gradients; add fisher:");
    }
    String name = slot.name(expert);
    if (!fisher.contains(name)) {
      String layer = "transformer.blocks." + slot.layer() + ".";
      String ofExpert = "." + expert + ".";
      for (String other : fisher.names()) {
        if (other.startsWith(layer) && other.contains(ofExpert)) {
          throw new StageFailure(fisher.path() + ": has " + other + ", but no " + name);
        }
      }
      return Optional.empty();
    }
    TensorInfo info = fisher.info(name);
    if (!Arrays.equals(info.shape(), slot.info().shape()) || !info.dtype().isFloating()) {
      throw new StageFailure(
          "%s: %s is %s, but the model's is %s".formatted(fisher.path(), name, info, slot.info()));
    }
    return Optional.of(new Operand(fisher, name));
  }

  private TensorSource grams() throws StageFailure {
    if (grams == null) {
      throw new StageFailure("the merge method needs Gram matrices; add grams:");
    }
    return grams;
  }

  @Override
  public void close() throws TensorFileException {
    try (model;
        origin;
        grams;
        fisher) {
      return;
    }
  }
}
