/** Tests of the whole program on stage types of their own, which need no engine. */
@NullMarked
package org.amalgam.runner;

import org.jspecify.annotations.NullMarked;
