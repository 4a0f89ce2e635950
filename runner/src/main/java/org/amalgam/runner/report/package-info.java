/**
 * What a run leaves behind: its tables beside the paper's, the report page, and files for programs.
 *
 * <p>Start at {@link org.amalgam.runner.report.RunFolder}.
 */
@NullMarked
package org.amalgam.runner.report;

import org.jspecify.annotations.NullMarked;
