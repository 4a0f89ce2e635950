/**
 * Shows a run while it goes: live on a terminal, in lines elsewhere, and as counters in a file.
 *
 * <p>Start at {@link org.amalgam.runner.progress.RunDisplay}.
 */
@NullMarked
package org.amalgam.runner.progress;

import org.jspecify.annotations.NullMarked;
