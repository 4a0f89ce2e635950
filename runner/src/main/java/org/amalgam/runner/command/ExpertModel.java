package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.model.Checkpoint;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.tensor.TensorSource;

/** A checkpoint on the command line that is to be run, for which its sizes must be known. */
final class ExpertModel {
  private ExpertModel() {}

  /**
   * Reads a folder, or a file of tensors that has a {@code config.json} beside it.
   *
   * @throws StageFailure if there is no config.json, or the tensors are not those of its sizes
   */
  static Checkpoint read(Path path) throws IOException, StageFailure {
    CheckpointPath checkpoint = CheckpointPath.toRead(path);
    Path config =
        checkpoint.config() == null
            ? checkpoint.weights().resolveSibling("config.json")
            : checkpoint.config();
    try (TensorSource tensors = TensorSources.open(checkpoint.weights())) {
      if (!Files.exists(config)) {
        throw new StageFailure(
            config
                + " does not exist, which tells the sizes of the model; put there the one that was"
                + " written with the checkpoint");
      }
      return Checkpoint.read(ModelConfig.read(config), tensors);
    }
  }
}
