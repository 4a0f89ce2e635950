package org.amalgam.stages.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.jspecify.annotations.Nullable;

/**
 * A corpus artifact, open for reading. What it gives stays valid until it is closed, and may be
 * used by several threads.
 */
public final class Corpus implements AutoCloseable {
  /** The source of images with masks. */
  static final String SEGMENTS = "segments";

  private final Path directory;
  private final SafetensorsFile file;
  private final int imageSize;
  private final JsonNode summary;
  private final Tokenizer tokenizer;
  private final List<String> answers;
  private final List<List<String>> captions;
  private final List<List<String>> questions;
  private final List<List<String>> labels;
  private final @Nullable SafetensorsFile masks;

  private Corpus(Path directory, SafetensorsFile file, JsonNode summary)
      throws IOException, StageFailure {
    this.directory = directory;
    this.file = file;
    this.summary = summary;
    imageSize = summary.path("image-size").asInt();
    tokenizer = new Tokenizer(names(CorpusFiles.VOCABULARY, CorpusFiles.VOCABULARY_COLUMNS));
    answers = names(CorpusFiles.ANSWERS, CorpusFiles.ANSWER_COLUMNS);
    captions = table(CorpusFiles.CAPTIONS, CorpusFiles.CAPTION_COLUMNS);
    questions = table(CorpusFiles.QUESTIONS, CorpusFiles.QUESTION_COLUMNS);
    labels = table(CorpusFiles.LABELS, CorpusFiles.LABEL_COLUMNS);
    Path pixels = directory.resolve(CorpusFiles.MASKS);
    masks = Files.exists(pixels) ? SafetensorsFile.open(pixels) : null;
  }

  /**
   * Opens an artifact of the stage {@code corpus}.
   *
   * @throws StageFailure if the directory does not hold one
   */
  public static Corpus open(Path directory) throws IOException, StageFailure {
    Path path = directory.resolve(CorpusFiles.SUMMARY);
    if (!Files.isRegularFile(path)) {
      throw new StageFailure(
          directory
              + " is no corpus: it has no "
              + CorpusFiles.SUMMARY
              + "; give one of a corpus stage");
    }
    JsonNode summary;
    try {
      summary = new ObjectMapper().readTree(path.toFile());
    } catch (JsonProcessingException e) {
      throw new StageFailure(path + " is not sound JSON: " + e.getOriginalMessage(), e);
    }
    SafetensorsFile file = SafetensorsFile.open(directory.resolve(CorpusFiles.IMAGES));
    boolean opened = false;
    try {
      Corpus corpus = new Corpus(directory, file, summary);
      opened = true;
      return corpus;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private List<List<String>> table(String name, String[] columns) throws IOException, StageFailure {
    return CsvFile.read(directory.resolve(name), columns);
  }

  private List<String> names(String name, String[] columns) throws IOException, StageFailure {
    return table(name, columns).stream().map(row -> row.get(1)).toList();
  }

  /** Width and height of all images in pixels. */
  public int imageSize() {
    return imageSize;
  }

  /** WordPiece over the vocabulary of this corpus. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * Looks whether a model's texts are of this corpus's word pieces.
   *
   * @param pieces how many the model knows
   * @throws StageFailure if the corpus has others
   */
  public void checkVocabulary(int pieces) throws StageFailure {
    if (pieces != tokenizer.size()) {
      throw new StageFailure(
          "%s has %d word pieces, but the model knows %d: give the corpus that it was trained on, or one made with its vocabulary"
              .formatted(directory, tokenizer.size(), pieces));
    }
  }

  /** The sources that have captions in this split, such as "scenes", sorted. */
  public List<String> sources(Split split) {
    return captions.stream()
        .filter(row -> row.get(1).equals(split.label()))
        .map(row -> row.get(0))
        .distinct()
        .sorted()
        .toList();
  }

  /** The sources to pre-train on: all but those that only a task may see, sorted. */
  public List<String> pretrainingSources() {
    return pretrainingSources(Split.TRAIN);
  }

  /** Those of the sources to pre-train on that have captions in this split, sorted. */
  public List<String> pretrainingSources(Split split) {
    List<String> sources = new ArrayList<>(sources(split));
    sources.removeAll(texts("apart"));
    return sources;
  }

  /**
   * The source that retrieval is tuned and measured on.
   *
   * @param asked a source, or empty for the first with captions in the test split
   * @throws StageFailure if no source has any
   */
  public String retrievalSource(String asked) throws StageFailure {
    if (!asked.isEmpty()) {
      return asked;
    }
    List<String> heldOut = sources(Split.TEST);
    if (heldOut.isEmpty()) {
      throw new StageFailure(
          directory + ": no source has captions in the test split, which retrieval needs");
    }
    return heldOut.get(0);
  }

  /**
   * The captions of a source.
   *
   * @throws StageFailure if it has none in this split
   */
  public CaptionSet captions(String source, Split split) throws IOException, StageFailure {
    List<List<String>> rows = new ArrayList<>();
    for (List<String> row : captions) {
      if (row.get(0).equals(source) && row.get(1).equals(split.label())) {
        rows.add(row);
      }
    }
    if (rows.isEmpty()) {
      throw new StageFailure(
          directory
              + ": source "
              + source
              + " has no captions in "
              + split.label()
              + "; there are "
              + sources(split));
    }
    return new CaptionSet(images(rows, 2), numbers(rows, 3), column(rows, 5), numbers(rows, 4));
  }

  /**
   * The questions of a split.
   *
   * @throws StageFailure if there are none
   */
  public QuestionSet questions(Split split) throws IOException, StageFailure {
    List<List<String>> rows = ofSplit(questions, split, "questions");
    int[][] ids = new int[rows.size()][];
    float[][] scores = new float[rows.size()][];
    for (int i = 0; i < ids.length; i++) {
      String cell = rows.get(i).get(5);
      String[] given = cell.isEmpty() ? new String[0] : cell.split(" ");
      ids[i] = new int[given.length];
      scores[i] = new float[given.length];
      for (int j = 0; j < given.length; j++) {
        int colon = given[j].indexOf(':');
        ids[i][j] = Integer.parseInt(given[j].substring(0, colon));
        scores[i][j] = QuestionSet.score(Integer.parseInt(given[j].substring(colon + 1)));
      }
    }
    return new QuestionSet(
        images(rows, 1),
        numbers(rows, 2),
        column(rows, 4),
        column(rows, 3),
        answers,
        ids,
        scores,
        priors(split));
  }

  private SortedMap<String, Double> priors(Split split) {
    SortedMap<String, Double> priors = new TreeMap<>();
    JsonNode stated = summary.path("priors").path(split.label());
    for (Map.Entry<String, JsonNode> entry : stated.properties()) {
      priors.put(entry.getKey(), entry.getValue().asDouble());
    }
    return Collections.unmodifiableSortedMap(priors);
  }

  /**
   * The labelled images of single nouns.
   *
   * @throws StageFailure if there are none in this split
   */
  public LabelledSet sprites(Split split) throws IOException, StageFailure {
    List<List<String>> rows = ofSplit(labels, split, "labelled images");
    return new LabelledSet(
        images(rows, 1), numbers(rows, 3), numbers(rows, 4), texts("nouns"), texts("backgrounds"));
  }

  /**
   * The statements about two images.
   *
   * @throws StageFailure if there are none in this split
   */
  public StatementSet statements(Split split) throws IOException, StageFailure {
    List<List<String>> rows =
        ofSplit(table(CorpusFiles.STATEMENTS, CorpusFiles.STATEMENT_COLUMNS), split, "statements");
    int[] truths = rows.stream().mapToInt(row -> row.get(5).equals("true") ? 1 : 0).toArray();
    return new StatementSet(
        images(rows, 1),
        numbers(rows, 2),
        numbers(rows, 3),
        column(rows, 6),
        column(rows, 4),
        truths);
  }

  /**
   * The images of which every pixel is labelled.
   *
   * @throws StageFailure if there are none in this split
   */
  public MaskSet masks(Split split) throws IOException, StageFailure {
    String name = SEGMENTS + "." + split.label();
    if (masks == null || !masks.names().contains(name)) {
      throw new StageFailure(directory + " has no segmented images in " + split.label());
    }
    return new MaskSet(ImageSet.map(file, name), ImageSet.map(masks, name), texts("segments"));
  }

  private List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    summary.path(key).forEach(each -> texts.add(each.asText()));
    return Collections.unmodifiableList(texts);
  }

  private List<List<String>> ofSplit(List<List<String>> table, Split split, String what)
      throws StageFailure {
    List<List<String>> rows =
        table.stream().filter(row -> row.get(0).equals(split.label())).toList();
    if (rows.isEmpty()) {
      throw new StageFailure(directory + " has no " + what + " in " + split.label());
    }
    return rows;
  }

  /** All rows of one source and split are about one image set. */
  private ImageSet images(List<List<String>> rows, int column) throws IOException {
    return ImageSet.map(file, rows.get(0).get(column));
  }

  private static List<String> column(List<List<String>> rows, int column) {
    return rows.stream().map(row -> row.get(column)).toList();
  }

  private static int[] numbers(List<List<String>> rows, int column) {
    return rows.stream().mapToInt(row -> Integer.parseInt(row.get(column))).toArray();
  }

  @Override
  public void close() throws IOException {
    if (masks != null) {
      masks.close();
    }
    file.close();
  }
}
