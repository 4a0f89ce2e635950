/**
 * How well one metric tells another over several points (paper section 5.5, Table 5): numbers of
 * points side by side, their correlations, and how likely such correlations are by chance.
 */
@NullMarked
package org.amalgam.stages.correlation;

import org.jspecify.annotations.NullMarked;
