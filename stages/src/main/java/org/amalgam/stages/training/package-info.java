/**
 * Objectives, schedules and the one training loop.
 *
 * <p>Start at {@link TrainingLoop}. {@link PretrainStage} trains with image-text contrast, matching
 * and masked language modelling; {@link FineTuneStage} with a task's loss; {@link InitStage} makes
 * the vision-only weights from which everything starts.
 */
@NullMarked
package org.amalgam.stages.training;

import org.jspecify.annotations.NullMarked;
