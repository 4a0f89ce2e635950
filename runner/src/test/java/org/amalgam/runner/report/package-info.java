@NullMarked
package org.amalgam.runner.report;

import org.jspecify.annotations.NullMarked;
