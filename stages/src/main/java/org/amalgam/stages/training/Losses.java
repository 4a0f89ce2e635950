package org.amalgam.stages.training;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * The losses of a step.
 *
 * @param total what is minimised, a scalar
 * @param parts what it is made of and other numbers to show, scalars by name, in order
 */
record Losses(NDArray total, Map<String, NDArray> parts) {}
