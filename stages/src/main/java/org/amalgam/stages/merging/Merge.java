package org.amalgam.stages.merging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.merging.streaming.BitCopy;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.merging.streaming.OutputTensor;
import org.amalgam.stages.merging.streaming.StreamingMerge;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.TensorInfo;

/**
 * The merge of a checkpoint's experts. What is shared already is copied bit for bit; what is merged
 * becomes F32.
 */
public final class Merge {
  private final MergeInputs inputs;
  private final PreparedMerge prepared;
  private final List<OutputTensor> tensors = new ArrayList<>();

  /**
   * Looks at headers only.
   *
   * @throws StageFailure if the inputs lack what the method needs
   */
  public Merge(MergeMethod method, MergeInputs inputs) throws IOException, StageFailure {
    this.inputs = inputs;
    ExpertLayout layout = ExpertLayout.of(inputs.model());
    this.prepared = method.prepare(layout, inputs);
    for (String name : layout.shared()) {
      Operand source = new Operand(inputs.model(), name);
      tensors.add(new OutputTensor(name, source.info(), new BitCopy(source)));
    }
    for (ExpertSlot slot : layout.slots().values()) {
      TensorInfo info = new TensorInfo(DType.F32, slot.info().shape());
      tensors.add(new OutputTensor(slot.name(), info, prepared.at(slot)));
    }
  }

  /** What the result consists of, and how each part is made. */
  public List<OutputTensor> tensors() {
    return List.copyOf(tensors);
  }

  /**
   * Writes the merged weights as a new file.
   *
   * @throws StageFailure if the weights do not allow it; no file is left
   */
  public void write(Path file, Workers workers, Progress progress)
      throws IOException, StageFailure, InterruptedException {
    prepared.measure(workers, progress);
    StreamingMerge.write(file, tensors, inputs.model().metadata(), workers, progress);
  }
}
