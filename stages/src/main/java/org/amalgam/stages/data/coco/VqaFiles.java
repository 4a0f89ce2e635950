package org.amalgam.stages.data.coco;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageFailure;
import org.jspecify.annotations.Nullable;

/** Questions and annotations of VQAv2 in the files of visualqa.org. */
public final class VqaFiles {
  private static final Map<String, String> NUMBERS =
      Map.ofEntries(
          Map.entry("none", "0"),
          Map.entry("zero", "0"),
          Map.entry("one", "1"),
          Map.entry("two", "2"),
          Map.entry("three", "3"),
          Map.entry("four", "4"),
          Map.entry("five", "5"),
          Map.entry("six", "6"),
          Map.entry("seven", "7"),
          Map.entry("eight", "8"),
          Map.entry("nine", "9"),
          Map.entry("ten", "10"));

  /**
   * A question.
   *
   * @param cocoId number of its image in COCO
   * @param type of its answer: "yes/no", "number" or "other"
   * @param chosen the answer that most annotators gave
   * @param answers how many of ten annotators gave each answer
   */
  public record Asked(
      long cocoId, String text, String type, String chosen, SortedMap<String, Integer> answers) {}

  private record RawQuestions(@Nullable List<RawQuestion> questions) {}

  private record RawQuestion(
      @JsonProperty("question_id") long id,
      @JsonProperty("image_id") long image,
      @Nullable String question) {}

  private record RawAnnotations(@Nullable List<RawAnnotation> annotations) {}

  private record RawAnnotation(
      @JsonProperty("question_id") long id,
      @JsonProperty("answer_type") @Nullable String type,
      @JsonProperty("multiple_choice_answer") @Nullable String chosen,
      @Nullable List<RawAnswer> answers) {}

  private record RawAnswer(@Nullable String answer) {}

  private VqaFiles() {}

  /** The two files of a part of COCO. */
  public static List<Path> paths(Path root, String part) {
    return List.of(
        root.resolve("v2_OpenEnded_mscoco_" + part + "_questions.json"),
        root.resolve("v2_mscoco_" + part + "_annotations.json"));
  }

  /**
   * Reads a part.
   *
   * @param part "train2014" or "val2014"
   */
  public static List<Asked> read(Path root, String part) throws IOException, StageFailure {
    Path questionFile = paths(root, part).get(0);
    Path annotationFile = paths(root, part).get(1);
    List<RawQuestion> questions = JsonFile.read(questionFile, RawQuestions.class).questions();
    if (questions == null) {
      throw new StageFailure(questionFile + ": has no \"questions\"; give a file of VQAv2");
    }
    List<RawAnnotation> annotations =
        JsonFile.read(annotationFile, RawAnnotations.class).annotations();
    if (annotations == null) {
      throw new StageFailure(annotationFile + ": has no \"annotations\"; give a file of VQAv2");
    }
    Map<Long, RawAnnotation> byId = new HashMap<>();
    for (RawAnnotation each : annotations) {
      byId.put(each.id(), each);
    }
    List<Asked> asked = new ArrayList<>();
    for (RawQuestion question : questions) {
      RawAnnotation annotation = byId.get(question.id());
      if (question.question() == null || question.question().isBlank()) {
        throw new StageFailure(
            questionFile + ", question " + question.id() + ": is empty; mend or remove it");
      }
      if (annotation == null || annotation.chosen() == null || annotation.answers() == null) {
        throw new StageFailure(
            annotationFile
                + ": question "
                + question.id()
                + " has no answers there; mend the annotation or remove the question");
      }
      String type = annotation.type() == null ? "other" : annotation.type();
      SortedMap<String, Integer> answers = new TreeMap<>();
      for (RawAnswer answer : annotation.answers()) {
        answers.merge(normalised(answer.answer() == null ? "" : answer.answer()), 1, Integer::sum);
      }
      asked.add(
          new Asked(
              question.image(),
              question.question().strip(),
              type,
              normalised(annotation.chosen()),
              answers));
    }
    return asked;
  }

  /**
   * An answer as the VQA evaluation compares it: in lower case, without punctuation marks and
   * articles, numbers as digits. Unlike it, this does not put missing apostrophes into
   * contractions.
   */
  static String normalised(String answer) {
    StringBuilder kept = new StringBuilder();
    for (String word : answer.toLowerCase(Locale.ROOT).split("\\s+")) {
      // A mark between digits belongs to the number: 1,000 or 3:30.
      String plain =
          word.replaceAll("(?<=\\d),(?=\\d)", "")
              .replaceAll("(?<!\\d)[.:]|[.:](?!\\d)", "")
              .replaceAll("[;/\\[\\]\"{}()=+\\\\_<>@`,?!|*#&%$~^]|(?<!\\w)['-]|['-](?!\\w)", "");
      if (!plain.isEmpty() && !List.of("a", "an", "the").contains(plain)) {
        kept.append(kept.length() == 0 ? "" : " ").append(NUMBERS.getOrDefault(plain, plain));
      }
    }
    return kept.toString();
  }
}
