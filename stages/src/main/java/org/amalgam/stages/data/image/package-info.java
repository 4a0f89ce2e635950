/**
 * What is done to images as bytes: resizing ({@link Bicubic}) and the random changes of training
 * ({@link Augmentation}).
 *
 * <p>An image is three planes of unsigned bytes, red, green, blue, each row by row. All arithmetic
 * is the same on every machine.
 */
@NullMarked
package org.amalgam.stages.data.image;

import org.jspecify.annotations.NullMarked;
