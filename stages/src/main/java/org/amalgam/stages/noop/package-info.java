/** A stage that computes nothing, to try out and to measure everything around stages. */
@NullMarked
package org.amalgam.stages.noop;

import org.jspecify.annotations.NullMarked;
