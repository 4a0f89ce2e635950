/**
 * Checkpoints of other programs by the names and shapes of the models here: what becomes what is
 * written in files of rules.
 */
@NullMarked
package org.amalgam.stages.conversion;

import org.jspecify.annotations.NullMarked;
