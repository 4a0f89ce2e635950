/**
 * What {@code torch.save} wrote, in its zip format and in the one before, as tensors. A pickle is
 * read by a machine of our own that knows a few names and runs nothing: the libraries for it make
 * objects of classes that they do not know, find methods by reflection, and reserve as much memory
 * as a length in the file claims.
 */
@NullMarked
package org.amalgam.stages.tensor.pytorch;

import org.jspecify.annotations.NullMarked;
