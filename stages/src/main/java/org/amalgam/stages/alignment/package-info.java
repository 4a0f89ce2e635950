/**
 * Bringing the units of experts into one order before they are merged: permutation alignment by
 * weight matching (Ainsworth et al. 2022; footnote 3 of the paper).
 */
@NullMarked
package org.amalgam.stages.alignment;

import org.jspecify.annotations.NullMarked;
