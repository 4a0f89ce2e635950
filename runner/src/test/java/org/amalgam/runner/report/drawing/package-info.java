@NullMarked
package org.amalgam.runner.report.drawing;

import org.jspecify.annotations.NullMarked;
