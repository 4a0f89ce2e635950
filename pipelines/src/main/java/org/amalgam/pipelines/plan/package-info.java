/**
 * From a recipe to what is to be done: {@link Plan}, its {@link Point}s and their {@link
 * StageKey}s.
 */
@NullMarked
package org.amalgam.pipelines.plan;

import org.jspecify.annotations.NullMarked;
