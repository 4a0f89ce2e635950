package org.amalgam.stages.data;

import org.amalgam.pipelines.stage.ChosenBy;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;

/** Settings of the stage {@code corpus}. */
public record CorpusSettings(
    @Doc("Where the data comes from: sprite-world is built in, coco reads files of yours.")
        @Default("sprite-world")
        String source,
    @ChosenBy("source") CorpusSource data,
    @Doc("Width and height of the images in pixels.") @Default("32") @Range(min = 16, max = 1024)
        int imageSize,
    @Doc(
            "Pieces of words: corpus keeps those of bert-base-uncased that occur, bert keeps all"
                + " 30,522, anything else is a file with one piece a line.")
        @Default("corpus")
        String vocabulary) {}
