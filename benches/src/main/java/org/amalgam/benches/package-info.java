/** Programs that measure; {@code benches/*.sh} runs them beside a peer. */
@NullMarked
package org.amalgam.benches;

import org.jspecify.annotations.NullMarked;
