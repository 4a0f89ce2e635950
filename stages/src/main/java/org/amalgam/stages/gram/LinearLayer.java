package org.amalgam.stages.gram;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertName;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.tensor.HostTensor;

/**
 * A linear layer of one expert.
 *
 * @param name of its matrix
 * @param width of its inputs
 */
record LinearLayer(ExpertName name, int width) {
  /** Bytes of the Gram matrix of its inputs, in f64. */
  long bytes() {
    return (long) Double.BYTES * width * width;
  }

  /**
   * Those that the modalities have for themselves and that a task's tokens go through, from the
   * lowest layer to the top. None where experts are norms alone.
   *
   * @throws StageFailure if the model has no experts
   */
  static List<LinearLayer> of(Checkpoint checkpoint, GramTask task) throws StageFailure {
    List<LinearLayer> layers = new ArrayList<>();
    boolean hasExperts = false;
    for (Map.Entry<String, HostTensor> tensor : checkpoint.weights().entrySet()) {
      ExpertName name = ExpertName.parse(tensor.getKey()).orElse(null);
      if (name == null) {
        continue;
      }
      hasExperts = true;
      List<String> used = task.experts(checkpoint.config().isCross(name.layer()));
      if (tensor.getValue().info().rank() == 2 && used.contains(name.expert())) {
        int width = Math.toIntExact(tensor.getValue().info().shape()[1]);
        layers.add(new LinearLayer(name, width));
      }
    }
    if (!hasExperts) {
      throw new StageFailure(
          "the model is "
              + checkpoint.config().architecture().label()
              + ": it has no experts to merge, so nothing needs Gram matrices; give a model that"
              + " has some");
    }
    layers.sort(Comparator.comparingInt(layer -> layer.name().layer()));
    return layers;
  }

  /**
   * Cuts a list into runs whose matrices fit into memory together.
   *
   * @param memory in bytes
   * @throws StageFailure if one alone does not fit
   */
  static List<List<LinearLayer>> groups(List<LinearLayer> layers, long memory) throws StageFailure {
    List<List<LinearLayer>> groups = new ArrayList<>();
    long left = 0;
    for (LinearLayer layer : layers) {
      if (layer.bytes() > memory) {
        throw new StageFailure(
            "the Gram matrix %s takes %d MiB by itself; set memory to at least that"
                .formatted(layer.name().gram(), layer.bytes() + (1 << 20) - 1 >> 20));
      }
      if (layer.bytes() > left) {
        groups.add(new ArrayList<>());
        left = memory;
      }
      groups.get(groups.size() - 1).add(layer);
      left -= layer.bytes();
    }
    return groups;
  }
}
