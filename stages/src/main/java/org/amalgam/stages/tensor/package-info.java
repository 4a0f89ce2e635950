/**
 * Named tensors outside the engine: what they are, and the safetensors files that hold them.
 *
 * <p>Start at {@link org.amalgam.stages.tensor.SafetensorsFile} to read and {@link
 * org.amalgam.stages.tensor.SafetensorsWriter} to write.
 */
@NullMarked
package org.amalgam.stages.tensor;

import org.jspecify.annotations.NullMarked;
