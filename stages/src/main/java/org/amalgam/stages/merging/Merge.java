package org.amalgam.stages.merging;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
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
  private final ExpertLayout layout;
  private final PreparedMerge prepared;
  private final List<OutputTensor> tensors = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  /**
   * Looks at headers only.
   *
   * @throws StageFailure if the model has no experts, or they are not complete
   */
  public Merge(MergeMethod method, MergeInputs inputs) throws IOException, StageFailure {
    this.inputs = inputs;
    this.layout = ExpertLayout.of(inputs.model());
    this.prepared = method.prepare(layout, inputs);
    for (String name : layout.shared()) {
      Operand source = new Operand(inputs.model(), name);
      tensors.add(new OutputTensor(name, source.info(), new BitCopy(source)));
    }
    for (ExpertSlot slot : layout.slots().values()) {
      TensorInfo info = new TensorInfo(DType.F32, slot.info().shape());
      try {
        tensors.add(new OutputTensor(slot.name(), info, prepared.at(slot)));
      } catch (StageFailure lacking) {
        missing.add(lacking.getMessage());
      }
    }
  }

  /** What the method needs and the inputs lack, a line each; empty if it can be written. */
  public List<String> missing() {
    return List.copyOf(missing);
  }

  /** The layer of a merged tensor, from 0; none for what is copied. */
  public OptionalInt layer(String name) {
    ExpertSlot slot = layout.slots().get(name);
    return slot == null ? OptionalInt.empty() : OptionalInt.of(slot.layer());
  }

  /** What the result consists of, and how each part is made. */
  public List<OutputTensor> tensors() {
    return List.copyOf(tensors);
  }

  /** Type and shape of each tensor of the result. */
  public SortedMap<String, TensorInfo> infos() {
    SortedMap<String, TensorInfo> infos = new TreeMap<>();
    tensors.forEach(tensor -> infos.put(tensor.name(), tensor.info()));
    return infos;
  }

  /**
   * Reads what the method must know of the weights before it makes the first tensor.
   *
   * @throws StageFailure if something is missing or the weights do not allow it
   */
  public void measure(Workers workers, Progress progress)
      throws IOException, StageFailure, InterruptedException {
    if (!missing.isEmpty()) {
      String more = missing.size() > 1 ? " (and " + (missing.size() - 1) + " more)" : "";
      throw new StageFailure(missing.get(0) + more);
    }
    prepared.measure(workers, progress);
  }

  /**
   * Writes merged weights as a new file, once they are measured.
   *
   * @param names the tensors that the file is to hold
   * @param metadata the texts in its header
   * @return how long threads were busy merging each layer
   * @throws StageFailure if the weights do not allow it; no file is left
   */
  public SortedMap<Integer, Duration> write(
      Path file,
      Set<String> names,
      Map<String, String> metadata,
      Workers workers,
      Progress progress)
      throws IOException, StageFailure, InterruptedException {
    List<OutputTensor> written =
        tensors.stream().filter(tensor -> names.contains(tensor.name())).toList();
    SortedMap<String, Duration> times =
        StreamingMerge.write(file, written, metadata, workers, progress);
    SortedMap<Integer, Duration> layers = new TreeMap<>();
    times.forEach(
        (name, time) -> layer(name).ifPresent(layer -> layers.merge(layer, time, Duration::plus)));
    return layers;
  }

  /**
   * Measures, and writes all merged weights as a new file with the model's texts in its header.
   *
   * @return how long threads were busy merging each layer
   * @throws StageFailure if the weights do not allow it; no file is left
   */
  public SortedMap<Integer, Duration> write(Path file, Workers workers, Progress progress)
      throws IOException, StageFailure, InterruptedException {
    measure(workers, progress);
    return write(file, infos().keySet(), inputs.model().metadata(), workers, progress);
  }
}
