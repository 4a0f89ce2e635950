/**
 * Data: where images, captions and questions come from, and the corpus artifact that training
 * reads.
 *
 * <p>{@link CorpusStage} makes the artifact once, from the built-in {@link SpriteWorld} or from a
 * user's files ({@link CocoFiles}); {@link Corpus} reads it, its images mapped into memory. A new
 * kind of data is a new {@link CorpusSource}.
 */
@NullMarked
package org.amalgam.stages.data;

import org.jspecify.annotations.NullMarked;
