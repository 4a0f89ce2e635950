package org.amalgam.stages.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.stage.StageFailure;

/**
 * A contact sheet for reports: one row of images for each image set, and beside it the texts, since
 * drawing letters needs fonts that not every machine has.
 */
final class SampleSheet {
  private static final int COLUMNS = 12;
  private static final int GAP = 2;

  private final CorpusDraft draft;
  private final int imageSize;

  SampleSheet(CorpusDraft draft, int imageSize) {
    this.draft = draft;
    this.imageSize = imageSize;
  }

  void write(Path directory) throws IOException, StageFailure {
    int step = imageSize + GAP;
    int width = COLUMNS * step;
    int height = Math.max(1, draft.images().size()) * step;
    byte[] rgb = new byte[3 * width * height];
    Arrays.fill(rgb, (byte) 255);
    List<Map<String, Object>> samples = new ArrayList<>();
    byte[] image = new byte[3 * imageSize * imageSize];
    int row = 0;
    for (Map.Entry<String, CorpusDraft.Images> entry : draft.images().entrySet()) {
      int count = Math.min(COLUMNS, entry.getValue().count());
      for (int i = 0; i < count; i++) {
        entry.getValue().paint(i, image);
        insert(image, rgb, width, i * step, row * step);
        samples.add(sample(entry.getKey(), i, i * step, row * step));
      }
      row++;
    }
    addTexts(samples);
    PngFile.write(directory.resolve(CorpusFiles.SAMPLE_IMAGES), width, height, rgb);
    Map<String, Object> sheet = new LinkedHashMap<>();
    sheet.put("image-size", imageSize);
    sheet.put("samples", samples);
    CorpusWriter.json(directory.resolve(CorpusFiles.SAMPLES), sheet);
  }

  private static Map<String, Object> sample(String images, int image, int x, int y) {
    Map<String, Object> sample = new LinkedHashMap<>();
    sample.put("images", images);
    sample.put("image", image);
    sample.put("x", x);
    sample.put("y", y);
    sample.put("texts", new ArrayList<String>());
    return sample;
  }

  private void addTexts(List<Map<String, Object>> samples) {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    for (Map<String, Object> sample : samples) {
      texts.put(sample.get("images") + " " + sample.get("image"), new ArrayList<>());
    }
    for (CorpusDraft.Caption each : draft.captions()) {
      add(texts, each.images(), each.image(), each.text());
    }
    for (CorpusDraft.Question each : draft.questions()) {
      add(texts, each.images(), each.image(), each.text() + " -> " + best(each));
    }
    for (CorpusDraft.Statement each : draft.tasks().statements()) {
      add(texts, each.images(), each.first(), each.text() + " -> " + each.truth());
    }
    for (CorpusDraft.Label each : draft.labels()) {
      String background = draft.backgrounds().get(each.background());
      add(texts, each.images(), each.image(), draft.nouns().get(each.noun()) + ", " + background);
    }
    for (Map<String, Object> sample : samples) {
      String key = sample.get("images") + " " + sample.get("image");
      sample.put("texts", texts.getOrDefault(key, List.of()));
    }
  }

  private static void add(Map<String, List<String>> texts, String images, int image, String text) {
    List<String> of = texts.get(images + " " + image);
    if (of != null) {
      of.add(text);
    }
  }

  private String best(CorpusDraft.Question question) {
    String best = "?";
    int most = 0;
    for (Map.Entry<Integer, Integer> entry : question.answers().entrySet()) {
      if (entry.getValue() > most) {
        most = entry.getValue();
        best = draft.answers().get(entry.getKey());
      }
    }
    return best;
  }

  private void insert(byte[] image, byte[] rgb, int width, int left, int top) {
    int plane = imageSize * imageSize;
    for (int i = 0; i < plane; i++) {
      int at = 3 * ((top + i / imageSize) * width + left + i % imageSize);
      for (int channel = 0; channel < 3; channel++) {
        rgb[at + channel] = image[channel * plane + i];
      }
    }
  }
}
