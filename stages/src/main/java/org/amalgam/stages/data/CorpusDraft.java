package org.amalgam.stages.data;

import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageFailure;

/**
 * A corpus before it is written: all texts, and images that are made when they are asked for.
 *
 * @param images by name: "scenes.train"
 * @param answers the answers that can be given to questions, by id
 * @param nouns what the labels' nouns mean
 * @param backgrounds what the labels' backgrounds mean
 * @param attributions whose work it is, one sentence each
 * @param tasks data of further tasks
 */
record CorpusDraft(
    SortedMap<String, Images> images,
    List<Caption> captions,
    List<Question> questions,
    List<Label> labels,
    List<String> answers,
    List<String> nouns,
    List<String> backgrounds,
    List<String> attributions,
    Tasks tasks) {

  /** Without data of further tasks. */
  CorpusDraft(
      SortedMap<String, Images> images,
      List<Caption> captions,
      List<Question> questions,
      List<Label> labels,
      List<String> answers,
      List<String> nouns,
      List<String> backgrounds,
      List<String> attributions) {
    this(
        images, captions, questions, labels, answers, nouns, backgrounds, attributions, Tasks.NONE);
  }

  /**
   * @param masks what each pixel shows, one plane an image; by the name of the images
   * @param segments what the numbers in masks mean
   * @param apart sources of captions that pre-training does not read unless they are named
   */
  record Tasks(
      List<Statement> statements,
      SortedMap<String, Images> masks,
      List<String> segments,
      List<String> apart) {
    static final Tasks NONE = new Tasks(List.of(), new TreeMap<>(), List.of(), List.of());
  }

  /** A sentence about the images {@code first} and {@code second} of a set. */
  record Statement(
      Split split,
      String images,
      int first,
      int second,
      String template,
      String text,
      boolean truth) {}

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
