/**
 * Making a safetensors file tensor by tensor from others, in parallel and in bounded memory,
 * whatever their size: what a tensor is made from ({@link
 * org.amalgam.stages.merging.streaming.TensorMerge}), and who makes many ({@link
 * org.amalgam.stages.merging.streaming.StreamingMerge}).
 */
@NullMarked
package org.amalgam.stages.merging.streaming;

import org.jspecify.annotations.NullMarked;
