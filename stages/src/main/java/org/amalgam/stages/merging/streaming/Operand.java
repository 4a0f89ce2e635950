package org.amalgam.stages.merging.streaming;

import org.amalgam.stages.tensor.SafetensorsException;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.TensorInfo;

/**
 * A tensor of an open file, not yet read.
 *
 * @param file where it is
 * @param name its name there; it must exist
 */
public record Operand(SafetensorsFile file, String name) {
  /** Type and shape. */
  public TensorInfo info() throws SafetensorsException {
    return file.info(name);
  }
}
