/**
 * How far apart the experts of a modality-specific checkpoint are before they are merged (paper
 * section 6.3, Table 5).
 */
@NullMarked
package org.amalgam.stages.distance;

import org.jspecify.annotations.NullMarked;
