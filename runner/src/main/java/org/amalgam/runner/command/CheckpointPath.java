package org.amalgam.runner.command;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint on the command line: a file of tensors, or a folder that holds such and perhaps
 * {@code config.json}.
 *
 * @param weights the file or, where one is read, the folder of weights
 * @param config the file beside it; null where a file was named and not a folder
 */
record CheckpointPath(Path weights, @Nullable Path config) {
  private static final String WEIGHTS = "model.safetensors";
  private static final String CONFIG = "config.json";

  /** One that is there, or at least is to be: whatever {@code TensorSources} opens. */
  static CheckpointPath toRead(Path path) {
    return new CheckpointPath(path, Files.isDirectory(path) ? path.resolve(CONFIG) : null);
  }

  /** One that is to be made: a file if its name says so. */
  static CheckpointPath toWrite(Path path) {
    return path.toString().endsWith(".safetensors")
        ? new CheckpointPath(path, null)
        : new CheckpointPath(path.resolve(WEIGHTS), path.resolve(CONFIG));
  }

}
