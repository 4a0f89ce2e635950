package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.model.Checkpoint;

/** A checkpoint on the command line that is to be run, for which its sizes must be known. */
final class ExpertModel {
  private ExpertModel() {}

  /**
   * Reads a folder, or a {@code .safetensors} file that has a {@code config.json} beside it.
   *
   * @throws StageFailure if there is no config.json
   */
  static Checkpoint read(Path path) throws IOException, StageFailure {
    CheckpointPath checkpoint = CheckpointPath.toRead(path);
    Path config =
        checkpoint.config() == null
            ? checkpoint.weights().resolveSibling("config.json")
            : checkpoint.config();
    if (!Files.exists(checkpoint.weights())) {
      throw new StageFailure(checkpoint.weights() + " does not exist; give a checkpoint");
    }
    if (!Files.exists(config)) {
      throw new StageFailure(
          config
              + " does not exist, which tells the sizes of the model; put there the one that was"
              + " written with the checkpoint");
    }
    return Checkpoint.read(config, checkpoint.weights());
  }
}
