/** The stage types of the study; {@link org.amalgam.stages.Stages} is the only list of them. */
@NullMarked
package org.amalgam.stages;

import org.jspecify.annotations.NullMarked;
