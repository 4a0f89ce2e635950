package org.amalgam.stages.distance;

import org.amalgam.stages.merging.streaming.Operand;

/**
 * Two tensors that stand for each other in the two vectors that are compared.
 *
 * @param layer from 0
 * @param first a part of x
 * @param second the part of y in the same place, of the same shape
 */
record WeightPair(int layer, Operand first, Operand second) {}
