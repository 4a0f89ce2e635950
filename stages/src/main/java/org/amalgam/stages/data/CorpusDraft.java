package org.amalgam.stages.data;

import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.StageFailure;

/**
 * A corpus before it is written: all texts, and images that are made when they are asked for.
 *
 * @param images by name: "scenes.train"
 * @param answers the answers that can be given to questions, by id
 * @param nouns what the labels' nouns mean
 * @param backgrounds what the labels' backgrounds mean
 * @param attributions whose work it is, one sentence each
 */
record CorpusDraft(
    SortedMap<String, Images> images,
    List<Caption> captions,
    List<Question> questions,
    List<Label> labels,
    List<String> answers,
    List<String> nouns,
    List<String> backgrounds,
    List<String> attributions) {

  /** Images by index. */
  interface Images {
    int count();

    /** Writes one image: three planes, red, green, blue. */
    void paint(int index, byte[] into) throws IOException, StageFailure;
  }

  /**
   * @param source whom it comes from: "scenes"
   * @param images name of the image set
   * @param signature equal for images of the same content
   */
  record Caption(
      String source, Split split, String images, int image, String text, int signature) {}

  /**
   * @param answers how many of ten annotators gave each answer, by id
   */
  record Question(
      Split split,
      String images,
      int image,
      String type,
      String text,
      SortedMap<Integer, Integer> answers) {}

  record Label(Split split, String images, int image, int noun, int background) {}
}
