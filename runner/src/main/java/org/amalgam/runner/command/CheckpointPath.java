package org.amalgam.runner.command;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint on the command line: a {@code .safetensors} file, or a folder that holds {@code
 * model.safetensors} and perhaps {@code config.json}.
 *
 * @param weights the file of weights
 * @param config the file beside it; null where a file was named and not a folder
 */
record CheckpointPath(Path weights, @Nullable Path config) {
  private static final String WEIGHTS = "model.safetensors";
  private static final String CONFIG = "config.json";

  /** One that is there, or at least is to be. */
  static CheckpointPath toRead(Path path) {
    return Files.isDirectory(path) ? inFolder(path) : new CheckpointPath(path, null);
  }

  /** One that is to be made: a file if its name says so. */
  static CheckpointPath toWrite(Path path) {
    return path.toString().endsWith(".safetensors")
        ? new CheckpointPath(path, null)
        : inFolder(path);
  }

  private static CheckpointPath inFolder(Path folder) {
    return new CheckpointPath(folder.resolve(WEIGHTS), folder.resolve(CONFIG));
  }
}
