package org.amalgam.stages.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.amalgam.stages.tensor.TensorInfo;

/** Writes a draft as an artifact. */
final class CorpusWriter {
  private static final int REPORT_EVERY = 256;

  private final Path directory;
  private final CorpusDraft draft;
  private final int imageSize;
  private final Tokenizer tokenizer;

  CorpusWriter(Path directory, CorpusDraft draft, int imageSize, Tokenizer tokenizer) {
    this.directory = directory;
    this.draft = draft;
    this.imageSize = imageSize;
    this.tokenizer = tokenizer;
  }

  void write(Progress progress) throws IOException, StageFailure {
    writeTexts();
    writeNames(CorpusFiles.ANSWERS, CorpusFiles.ANSWER_COLUMNS, draft.answers());
    writeNames(CorpusFiles.VOCABULARY, CorpusFiles.VOCABULARY_COLUMNS, tokenizer.pieces());
    writeImages(progress, CorpusFiles.IMAGES, draft.images(), 3, imageSize, imageSize);
    if (!draft.tasks().masks().isEmpty()) {
      writeImages(progress, CorpusFiles.MASKS, draft.tasks().masks(), imageSize, imageSize);
    }
    new SampleSheet(draft, imageSize).write(directory);
    json(directory.resolve(CorpusFiles.SUMMARY), summary());
  }

  static void json(Path path, Map<String, ?> value) throws IOException {
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    // Not the platform's line ends: the bytes are part of the artifact.
    Files.writeString(
        path, mapper.writeValueAsString(value).replace(System.lineSeparator(), "\n") + "\n");
  }

  private void writeTexts() throws IOException {
    try (CsvFile.Writer captions = csv(CorpusFiles.CAPTIONS, CorpusFiles.CAPTION_COLUMNS)) {
      for (CorpusDraft.Caption each : draft.captions()) {
        captions.row(
            each.source(),
            each.split().label(),
            each.images(),
            each.image(),
            each.signature(),
            each.text());
      }
    }
    try (CsvFile.Writer questions = csv(CorpusFiles.QUESTIONS, CorpusFiles.QUESTION_COLUMNS)) {
      for (CorpusDraft.Question each : draft.questions()) {
        List<String> answers = new ArrayList<>();
        each.answers().forEach((id, count) -> answers.add(id + ":" + count));
        questions.row(
            each.split().label(),
            each.images(),
            each.image(),
            each.type(),
            each.text(),
            String.join(" ", answers));
      }
    }
    try (CsvFile.Writer statements = csv(CorpusFiles.STATEMENTS, CorpusFiles.STATEMENT_COLUMNS)) {
      for (CorpusDraft.Statement each : draft.tasks().statements()) {
        statements.row(
            each.split().label(),
            each.images(),
            each.first(),
            each.second(),
            each.template(),
            each.truth(),
            each.text());
      }
    }
    try (CsvFile.Writer labels = csv(CorpusFiles.LABELS, CorpusFiles.LABEL_COLUMNS)) {
      for (CorpusDraft.Label each : draft.labels()) {
        labels.row(
            each.split().label(), each.images(), each.image(), each.noun(), each.background());
      }
    }
  }

  private void writeNames(String file, String[] columns, List<String> names) throws IOException {
    try (CsvFile.Writer csv = csv(file, columns)) {
      for (int id = 0; id < names.size(); id++) {
        csv.row(id, names.get(id));
      }
    }
  }

  private CsvFile.Writer csv(String file, String[] columns) throws IOException {
    return new CsvFile.Writer(directory.resolve(file), columns);
  }

  /**
   * Writes one tensor a set.
   *
   * @param shape of one image
   */
  private void writeImages(
      Progress progress, String file, SortedMap<String, CorpusDraft.Images> sets, long... shape)
      throws IOException, StageFailure {
    SortedMap<String, TensorInfo> tensors = new TreeMap<>();
    long total = 0;
    int bytes = 1;
    for (long each : shape) {
      bytes *= Math.toIntExact(each);
    }
    for (Map.Entry<String, CorpusDraft.Images> entry : sets.entrySet()) {
      int count = entry.getValue().count();
      tensors.put(
          entry.getKey(),
          TensorInfo.of(
              DType.U8, LongStream.concat(LongStream.of(count), LongStream.of(shape)).toArray()));
      total += count;
    }
    Path path = directory.resolve(file);
    byte[] image = new byte[bytes];
    long done = 0;
    SafetensorsWriter writer = SafetensorsWriter.create(path, tensors, Map.of());
    boolean complete = false;
    try {
      for (String name : writer.names()) {
        CorpusDraft.Images images = sets.get(name);
        for (int i = 0; images != null && i < images.count(); i++) {
          images.paint(i, image);
          writer.write(name, ByteBuffer.wrap(image));
          if (++done % REPORT_EVERY == 0 || done == total) {
            progress.at(done, total, "image");
          }
        }
      }
      complete = true;
    } finally {
      close(writer, complete);
    }
  }

  private static void close(SafetensorsWriter writer, boolean complete) throws IOException {
    try {
      writer.close();
    } catch (IllegalStateException e) {
      // An incomplete file is expected when something else is already on its way out.
      if (complete) {
        throw e;
      }
    }
  }

  private Map<String, Object> summary() {
    SortedMap<String, Integer> images = new TreeMap<>();
    draft.images().forEach((name, set) -> images.put(name, set.count()));
    SortedMap<String, Integer> captions = new TreeMap<>();
    int longest = 0;
    for (CorpusDraft.Caption each : draft.captions()) {
      captions.merge(each.source() + "." + each.split().label(), 1, Integer::sum);
      longest = Math.max(longest, length(each.text()));
    }
    SortedMap<String, Integer> questions = new TreeMap<>();
    for (CorpusDraft.Question each : draft.questions()) {
      questions.merge(each.split().label(), 1, Integer::sum);
      longest = Math.max(longest, length(each.text()));
    }
    SortedMap<String, Integer> statements = new TreeMap<>();
    for (CorpusDraft.Statement each : draft.tasks().statements()) {
      statements.merge(each.split().label(), 1, Integer::sum);
      longest = Math.max(longest, length(each.text()));
    }
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("image-size", imageSize);
    summary.put("images", images);
    summary.put("captions", captions);
    summary.put("questions", questions);
    summary.put("priors", Priors.bySplit(draft.questions()));
    summary.put("vocabulary", tokenizer.size());
    summary.put("answers", draft.answers().size());
    summary.put("longest-text", longest);
    summary.put("nouns", draft.nouns());
    summary.put("backgrounds", draft.backgrounds());
    summary.put("statements", statements);
    summary.put("segments", draft.tasks().segments());
    summary.put("apart", draft.tasks().apart());
    summary.put("attributions", draft.attributions());
    return summary;
  }

  private int length(String text) {
    return tokenizer.encode(text, Integer.MAX_VALUE).length;
  }
}
