package org.amalgam.stages.merging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.SafetensorsException;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.TensorInfo;
import org.jspecify.annotations.Nullable;

/** The files that a merge reads, tensor by tensor. */
public final class MergeInputs implements AutoCloseable {
  private final SafetensorsFile model;
  private final @Nullable SafetensorsFile origin;
  private final @Nullable SafetensorsFile grams;

  private MergeInputs(
      SafetensorsFile model, @Nullable SafetensorsFile origin, @Nullable SafetensorsFile grams) {
    this.model = model;
    this.origin = origin;
    this.grams = grams;
  }

  /**
   * Opens the files.
   *
   * @param origin W0, where the experts' training began; modality-agnostic
   * @param grams Gram matrices in f64 or f32, named {@code transformer.blocks.0.mlp.v.fc1}; the one
   *     for {@code attn.v.qkv} is named {@code attn.v}
   */
  public static MergeInputs open(Path model, @Nullable Path origin, @Nullable Path grams)
      throws SafetensorsException {
    SafetensorsFile modelFile = SafetensorsFile.open(model);
    SafetensorsFile originFile = null;
    boolean opened = false;
    try {
      originFile = origin == null ? null : SafetensorsFile.open(origin);
      SafetensorsFile gramsFile = grams == null ? null : SafetensorsFile.open(grams);
      opened = true;
      return new MergeInputs(modelFile, originFile, gramsFile);
    } finally {
      if (!opened) {
        modelFile.close();
        if (originFile != null) {
          originFile.close();
        }
      }
    }
  }

  public SafetensorsFile model() {
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

  /** The name of the Gram matrix of the inputs of an expert's linear layer. */
  public String gramName(ExpertSlot slot, String expert) {
    String layer = slot.parameter().replaceFirst("\\.weight$", "");
    return slot.module(expert) + (layer.equals("qkv") ? "" : "." + layer);
  }

  public boolean hasGram(ExpertSlot slot, String expert) throws StageFailure {
    return grams().contains(gramName(slot, expert));
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
    String name = gramName(slot, expert);
    TensorInfo info = grams().info(name);
    boolean square = Arrays.equals(info.shape(), new long[] {n, n});
    if (!square || (info.dtype() != DType.F64 && info.dtype() != DType.F32)) {
      throw new StageFailure(
          "%s: %s is %s, but the inputs of %s call for F64 [%d, %d]"
              .formatted(gramsPath(), name, info, slot.name(expert), n, n));
    }
    return new Operand(grams(), name);
  }

  private SafetensorsFile grams() throws StageFailure {
    if (grams == null) {
      throw new StageFailure("the merge method needs Gram matrices; add grams:");
    }
    return grams;
  }

  @Override
  public void close() throws SafetensorsException {
    try (model;
        origin;
        grams) {
      return;
    }
  }
}
