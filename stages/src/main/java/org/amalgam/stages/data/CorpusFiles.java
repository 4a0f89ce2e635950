package org.amalgam.stages.data;

/**
 * The files of a corpus artifact and their columns: the one place that the writer and the reader
 * share.
 */
final class CorpusFiles {
  static final String SUMMARY = "corpus.json";
  static final String IMAGES = "images.safetensors";
  static final String CAPTIONS = "captions.csv";
  static final String QUESTIONS = "questions.csv";
  static final String STATEMENTS = "statements.csv";
  static final String MASKS = "masks.safetensors";
  static final String LABELS = "labels.csv";
  static final String ANSWERS = "answers.csv";
  static final String VOCABULARY = "vocabulary.csv";
  static final String SAMPLES = "samples.json";
  static final String SAMPLE_IMAGES = "samples.png";

  static final String[] CAPTION_COLUMNS = {
    "source", "split", "images", "image", "signature", "caption"
  };

  /** The last one holds {@code id:annotators} for each answer, parted by spaces. */
  static final String[] QUESTION_COLUMNS = {
    "split", "images", "image", "type", "question", "answers"
  };

  static final String[] STATEMENT_COLUMNS = {
    "split", "images", "first", "second", "template", "truth", "statement"
  };

  static final String[] LABEL_COLUMNS = {"split", "images", "image", "noun", "background"};
  static final String[] ANSWER_COLUMNS = {"id", "answer"};
  static final String[] VOCABULARY_COLUMNS = {"id", "piece"};

  private CorpusFiles() {}
}
