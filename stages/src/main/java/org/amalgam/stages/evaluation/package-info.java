/**
 * Tasks and their metrics: what a model is worth, with the score of every example.
 *
 * <p>Start at {@link EvaluateStage}. Accuracies and recalls are in percent, as the paper prints
 * them.
 */
@NullMarked
package org.amalgam.stages.evaluation;

import org.jspecify.annotations.NullMarked;
