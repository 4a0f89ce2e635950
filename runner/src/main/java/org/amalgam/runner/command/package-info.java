/**
 * The commands, one class each, and their exit codes.
 *
 * <p>Start at {@link org.amalgam.runner.command.AmalgamCommand}, the list of them.
 */
@NullMarked
package org.amalgam.runner.command;

import org.jspecify.annotations.NullMarked;
