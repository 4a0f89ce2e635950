/**
 * The experts of a checkpoint, told from the names of its tensors alone: which sub-layers each
 * modality has for itself, in which layers.
 */
@NullMarked
package org.amalgam.stages.expert;

import org.jspecify.annotations.NullMarked;
