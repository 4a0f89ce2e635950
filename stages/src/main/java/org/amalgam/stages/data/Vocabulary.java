package org.amalgam.stages.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.amalgam.pipelines.stage.StageFailure;

/** Vocabularies of WordPiece, one piece a line. */
final class Vocabulary {
  private static final String BERT = "bert-base-uncased-vocab.txt";

  private Vocabulary() {}

  /** The 30,522 pieces of bert-base-uncased. */
  static Tokenizer bert() throws IOException {
    InputStream stream = Vocabulary.class.getResourceAsStream(BERT);
    if (stream == null) {
      throw new IOException("resource " + BERT + " is missing beside " + Vocabulary.class);
    }
    List<String> pieces = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        pieces.add(line);
      }
    }
    return new Tokenizer(pieces);
  }

  /** A user's vocabulary. */
  static Tokenizer read(Path path) throws IOException, StageFailure {
    try {
      return new Tokenizer(Files.readAllLines(path));
    } catch (NoSuchFileException e) {
      throw new StageFailure(
          "vocabulary "
              + path
              + " is missing; give a file with one piece a line, or corpus or bert",
          e);
    } catch (IllegalArgumentException e) {
      throw new StageFailure(path + ": " + e.getMessage(), e);
    }
  }

  /**
   * The special pieces and those that occur in the texts, in the order of {@code whole}. Texts are
   * cut by it as by {@code whole}: a longer piece that {@code whole} preferred would have occurred.
   */
  static Tokenizer occurring(Tokenizer whole, List<String> texts) {
    SortedSet<Integer> ids = new TreeSet<>();
    for (String text : texts) {
      for (int id : whole.encode(text, Integer.MAX_VALUE)) {
        ids.add(id);
      }
    }
    List<String> pieces = new ArrayList<>(Tokenizer.SPECIALS);
    for (int id : ids) {
      String piece = whole.pieces().get(id);
      if (!pieces.subList(0, Tokenizer.SPECIALS.size()).contains(piece)) {
        pieces.add(piece);
      }
    }
    return new Tokenizer(pieces);
  }
}
