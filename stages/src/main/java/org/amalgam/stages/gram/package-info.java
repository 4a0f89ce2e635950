/**
 * Gram matrices of what goes into a model's linear layers, which RegMean weighs experts by.
 *
 * <p>Start at {@link GramCollection}.
 */
@NullMarked
package org.amalgam.stages.gram;

import org.jspecify.annotations.NullMarked;
