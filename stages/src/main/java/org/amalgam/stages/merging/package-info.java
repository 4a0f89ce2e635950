/**
 * Merging a modality-specific checkpoint into a modality-agnostic one, without training (paper
 * section 3.2).
 *
 * <p>A method is one record that implements {@link org.amalgam.stages.merging.MergeMethod} and has
 * one line in {@link org.amalgam.stages.merging.MergeMethods}; its components are its settings in a
 * recipe. {@link org.amalgam.stages.merging.MergeStage} is the stage.
 */
@NullMarked
package org.amalgam.stages.merging;

import org.jspecify.annotations.NullMarked;
