/**
 * Charts and graphs as inline SVG. Colours are the page's, by class, so that one picture serves
 * light, dark and paper; a plot library's SVG has its colours built in.
 */
@NullMarked
package org.amalgam.runner.report.drawing;

import org.jspecify.annotations.NullMarked;
