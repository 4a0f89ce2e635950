/**
 * Runs the points of a plan: what is ready, on how many slots, and what becomes of each.
 *
 * <p>Start at {@link org.amalgam.runner.schedule.Scheduler}. {@link
 * org.amalgam.runner.schedule.Outlook} tells beforehand what a run would do and why.
 */
@NullMarked
package org.amalgam.runner.schedule;

import org.jspecify.annotations.NullMarked;
