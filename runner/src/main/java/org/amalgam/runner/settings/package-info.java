/** The tool's own settings: where the store is, how many slots. Recipes are another matter. */
@NullMarked
package org.amalgam.runner.settings;

import org.jspecify.annotations.NullMarked;
