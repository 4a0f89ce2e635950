@NullMarked
package org.amalgam.runner.schedule;

import org.jspecify.annotations.NullMarked;
