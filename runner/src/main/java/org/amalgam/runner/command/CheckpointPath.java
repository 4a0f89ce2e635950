package org.amalgam.runner.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.tensor.ShardedSafetensors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * A checkpoint on the command line: a file of tensors, or a folder that holds such and perhaps
 * {@code config.json}.
 *
 * @param weights the file or the folder
 * @param config the file beside the weights in a folder; null for a file
 */
record CheckpointPath(Path weights, @Nullable Path config) {
  private static final String CONFIG = "config.json";
  private static final List<String> PYTORCH = List.of(".ckpt", ".pt", ".pth", ".bin");

  /** One that is there, or at least is to be: whatever {@code TensorSources} opens. */
  static CheckpointPath toRead(Path path) {
    return new CheckpointPath(path, Files.isDirectory(path) ? path.resolve(CONFIG) : null);
  }

  /** One that is to be made: a file if its name says so. */
  static CheckpointPath toWrite(Path path) {
    boolean file = path.toString().endsWith(".safetensors") || named(path, PYTORCH);
    return new CheckpointPath(path, file ? null : path.resolve(CONFIG));
  }

  private static boolean named(Path path, List<String> endings) {
    return endings.stream().anyMatch(path.toString()::endsWith);
  }

  boolean isFolder() {
    return config != null;
  }

  /** The one file of weights, where one is written. */
  Path file() {
    return isFolder() ? weights.resolve(TensorSources.WHOLE) : weights;
  }

  /** Whether it is to be written as PyTorch does. */
  boolean isPyTorch() {
    return !isFolder() && named(weights, PYTORCH);
  }

  /**
   * This place, for a command that writes safetensors only.
   *
   * @throws ParameterException if its name is that of a PyTorch file
   */
  CheckpointPath asSafetensors(CommandSpec command, String name) {
    if (isPyTorch()) {
      throw new ParameterException(
          command.commandLine(),
          name
              + " writes safetensors; convert makes a PyTorch file of it: amalgam convert OUT"
              + " --from vl-merging -o "
              + weights.getFileName());
    }
    return this;
  }

  /** What stands in the way of writing it, or null. */
  @Nullable Path existing() {
    List<Path> files =
        isFolder()
            ? List.of(
                weights.resolve(TensorSources.WHOLE), weights.resolve(ShardedSafetensors.INDEX))
            : List.of(weights);
    return files.stream().filter(Files::exists).findFirst().orElse(null);
  }
}
