/**
 * Checkpoints as others write them: where the tensors of a file or a folder are read from, whatever
 * its format.
 */
@NullMarked
package org.amalgam.stages.checkpoint;

import org.jspecify.annotations.NullMarked;
