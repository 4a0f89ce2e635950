/** What a bench must see of training to hand the same work to a peer. */
@NullMarked
package org.amalgam.stages.training;

import org.jspecify.annotations.NullMarked;
