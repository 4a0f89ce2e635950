/**
 * Merges written in mergekit's YAML, over local folders of safetensors: what is supported is read,
 * and everything else is refused with its place. Formulas are mergekit's, tensor by tensor.
 */
@NullMarked
package org.amalgam.stages.merging.mergekit;

import org.jspecify.annotations.NullMarked;
