/**
 * The program: {@link org.amalgam.runner.Amalgam} is its entry.
 *
 * <p>{@code command} holds a class for each command; {@code schedule} runs plans, {@code progress}
 * shows runs while they go, {@code report} writes what they leave, {@code settings} are the tool's
 * own.
 */
@NullMarked
package org.amalgam.runner;

import org.jspecify.annotations.NullMarked;
