/**
 * The transformer of the study: which sub-layers modalities share, what runs through which expert,
 * and the names and shapes of every tensor.
 *
 * <p>Start at {@link Architecture} and {@link Transformer}. Names are those of the released code.
 */
@NullMarked
package org.amalgam.stages.model;

import org.jspecify.annotations.NullMarked;
