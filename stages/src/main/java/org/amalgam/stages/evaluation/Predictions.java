package org.amalgam.stages.evaluation;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.amalgam.stages.data.ImageSet;
import org.amalgam.stages.data.PngFile;
import org.amalgam.stages.tensor.RandomStream;

/**
 * A dozen examples to look at: what a model was shown, what it said and what is right. {@code
 * predictions.png} has a row of pictures for each, {@code predictions.json} the words.
 *
 * <p>Which examples depends on their number only: every model is seen on the same ones.
 */
final class Predictions {
  /** How many examples are kept. */
  static final int SHOWN = 12;

  static final String IMAGE = "predictions.png";
  static final String WORDS = "predictions.json";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SEED = 1;
  private static final int LARGEST_SIDE = 96;
  private static final int GAP = 2;

  private final List<Prediction> predictions = new ArrayList<>();

  /**
   * One picture of an example.
   *
   * @param planes three planes of unsigned bytes, red, green, blue
   * @param caption what it is; may be empty
   * @param right whether it is the right one of several
   */
  @SuppressWarnings("ArrayRecordComponent") // only written
  record Picture(byte[] planes, int side, String caption, boolean right) {
    /** An image of a set. */
    static Picture of(ImageSet images, int index, String caption, boolean right) {
      byte[] planes = new byte[images.imageBytes()];
      images.copy(index, planes, 0);
      return new Picture(planes, images.imageSize(), caption, right);
    }
  }

  private record Prediction(Map<String, Object> words, List<Picture> pictures) {}

  /** The examples to keep, of so many. */
  static Set<Integer> chosen(int examples) {
    return new TreeSet<>(
        IntStream.range(0, examples)
            .boxed()
            .sorted(
                Comparator.comparingLong(i -> RandomStream.of(SEED, "predictions", i).nextLong()))
            .limit(SHOWN)
            .toList());
  }

  /**
   * Adds an example.
   *
   * @param asked the question, statement or caption; may be empty
   * @param score 0 to 1
   */
  void add(String asked, String answer, String expected, double score, List<Picture> pictures) {
    Map<String, Object> words = new LinkedHashMap<>();
    words.put("asked", asked);
    words.put("answer", answer);
    words.put("expected", expected);
    words.put("score", score);
    predictions.add(new Prediction(words, List.copyOf(pictures)));
  }

  /** Writes both files; nothing where there are no examples. */
  void write(Path directory, String task) throws IOException {
    if (predictions.isEmpty()) {
      return;
    }
    int full = predictions.get(0).pictures().get(0).side();
    int shrink = (full + LARGEST_SIDE - 1) / LARGEST_SIDE;
    int side = full / shrink;
    int columns = predictions.stream().mapToInt(p -> p.pictures().size()).max().orElse(1);
    int width = columns * (side + GAP);
    int height = predictions.size() * (side + GAP);
    byte[] rgb = new byte[3 * width * height];
    Arrays.fill(rgb, (byte) 255);
    List<Object> all = new ArrayList<>();
    for (int row = 0; row < predictions.size(); row++) {
      Prediction prediction = predictions.get(row);
      List<Object> pictures = new ArrayList<>();
      for (int c = 0; c < prediction.pictures().size(); c++) {
        Picture picture = prediction.pictures().get(c);
        int left = c * (side + GAP);
        int top = row * (side + GAP);
        insert(picture, shrink, side, rgb, width, left, top);
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("x", left);
        one.put("y", top);
        one.put("caption", picture.caption());
        one.put("right", picture.right());
        pictures.add(one);
      }
      Map<String, Object> words = new LinkedHashMap<>(prediction.words());
      words.put("pictures", pictures);
      all.add(words);
    }
    Map<String, Object> sheet = new LinkedHashMap<>();
    sheet.put("task", task);
    sheet.put("image-size", side);
    sheet.put("width", width);
    sheet.put("height", height);
    sheet.put("predictions", all);
    PngFile.write(directory.resolve(IMAGE), width, height, rgb);
    Files.writeString(
        directory.resolve(WORDS),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(sheet) + "\n");
  }

  /** Puts a picture into the sheet, each pixel the mean of {@code shrink} by {@code shrink}. */
  private static void insert(
      Picture picture, int shrink, int side, byte[] rgb, int width, int left, int top) {
    int plane = picture.side() * picture.side();
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int at = 3 * ((top + y) * width + left + x);
        for (int channel = 0; channel < 3; channel++) {
          int sum = 0;
          for (int k = 0; k < shrink * shrink; k++) {
            int row = y * shrink + k / shrink;
            int column = x * shrink + k % shrink;
            sum += picture.planes()[channel * plane + row * picture.side() + column] & 255;
          }
          rgb[at + channel] = (byte) (sum / (shrink * shrink));
        }
      }
    }
  }
}
