package org.amalgam.stages.merging.mergekit;

import java.nio.file.Path;
import java.util.SortedSet;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorSource;

/** A folder with a model's tensors, open for reading. */
record ModelFolder(Path folder, TensorSource tensors) implements AutoCloseable {
  /**
   * Opens it.
   *
   * @throws TensorFileException if it holds no tensors, or they are unsound
   */
  static ModelFolder open(Path folder) throws TensorFileException {
    return new ModelFolder(folder, TensorSources.open(folder));
  }

  SortedSet<String> names() {
    return tensors.names();
  }

  /**
   * @throws StageFailure if there is no such tensor
   */
  Operand tensor(String name) throws StageFailure {
    if (!tensors.contains(name)) {
      throw new StageFailure(
          folder
              + ": has no tensor "
              + name
              + ", which the other models have; models must be alike");
    }
    return new Operand(tensors, name);
  }

  @Override
  public void close() throws TensorFileException {
    tensors.close();
  }
}
