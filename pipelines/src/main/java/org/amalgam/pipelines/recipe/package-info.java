/**
 * Recipes: YAML text in, a checked {@link Recipe} with source positions out, or every mistake at
 * once. Start at {@link Recipe#read}.
 */
@NullMarked
package org.amalgam.pipelines.recipe;

import org.jspecify.annotations.NullMarked;
