package org.amalgam.stages.merging.streaming;

import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorInfo;
import org.amalgam.stages.tensor.TensorSource;

/**
 * A tensor of an open file, not yet read.
 *
 * @param file where it is
 * @param name its name there; it must exist
 */
public record Operand(TensorSource file, String name) {
  /** Type and shape. */
  public TensorInfo info() throws TensorFileException {
    return file.info(name);
  }
}
