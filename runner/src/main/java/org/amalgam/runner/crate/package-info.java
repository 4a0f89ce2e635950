/**
 * A run as an RO-Crate of the Provenance Run profile, for archives and reviewers.
 *
 * <p>Start at {@link org.amalgam.runner.crate.RunCrate}.
 */
@NullMarked
package org.amalgam.runner.crate;

import org.jspecify.annotations.NullMarked;
