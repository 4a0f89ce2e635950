/**
 * Files in the layouts in which people have COCO captions, Flickr30k and VQAv2: {@link
 * KarpathyFile}, {@link VqaFiles} and the pictures themselves ({@link Photo}).
 *
 * <p>Whatever is wrong with a file is one {@link org.amalgam.pipelines.stage.StageFailure} that
 * names the file, the entry and what to do.
 */
@NullMarked
package org.amalgam.stages.data.coco;

import org.jspecify.annotations.NullMarked;
