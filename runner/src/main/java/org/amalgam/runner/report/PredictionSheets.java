package org.amalgam.runner.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.plan.Point;

/**
 * Predictions with their images, of one point a stage and method. Equal pictures are on the page
 * once, and there are no more of them than fit in a few megabytes.
 */
public final class PredictionSheets {
  private static final String IMAGE = "predictions.png";
  private static final String WORDS = "predictions.json";
  private static final int MOST_OF_A_STAGE = 6;
  private static final long MOST_BYTES = 3 << 20;

  /** A sheet of pictures, in the page once. */
  public record Sheet(String id, String data, int width, int height) {}

  /** A cut-out of a sheet. */
  public record Tile(String sheet, int x, int y, int side, String caption, boolean right) {}

  /**
   * One example.
   *
   * @param mark yes or no where an answer is right or wrong, else empty
   */
  public record Shown(String asked, String answer, String expected, String mark, List<Tile> tiles) {
    /** Whether there are words to set beside a wrong answer. */
    public boolean isCorrected() {
      return mark.equals("no") && !expected.isEmpty();
    }
  }

  /** The examples of one point. */
  public record OfPoint(String point, String anchor, List<Shown> shown) {}

  private final RunResults results;
  private final Map<Digest, Sheet> sheets = new LinkedHashMap<>();
  private long bytes;

  PredictionSheets(RunResults results) {
    this.results = results;
  }

  List<Sheet> sheets() {
    return List.copyOf(sheets.values());
  }

  /** Stage to its points. */
  Map<String, List<OfPoint>> all() throws IOException {
    Map<String, List<OfPoint>> all = new LinkedHashMap<>();
    Map<String, Set<String>> methods = new LinkedHashMap<>();
    for (Point point : results.plan().points()) {
      Path directory = results.directory(point).orElse(null);
      if (directory == null || !Files.isRegularFile(directory.resolve(WORDS))) {
        continue;
      }
      Set<String> seen = methods.computeIfAbsent(point.stage(), s -> new LinkedHashSet<>());
      String method = point.dimensions().getOrDefault("method", Names.withoutReplicate(point));
      if (seen.size() < MOST_OF_A_STAGE && bytes < MOST_BYTES && seen.add(method)) {
        OfPoint read = read(point, directory);
        all.computeIfAbsent(point.stage(), s -> new ArrayList<>()).add(read);
      }
    }
    return all;
  }

  private OfPoint read(Point point, Path directory) throws IOException {
    Object tree = CanonicalJson.parse(Files.readString(directory.resolve(WORDS)));
    Sheet sheet = sheet(directory.resolve(IMAGE));
    int side = number(tree, "image-size");
    List<Shown> shown = new ArrayList<>();
    for (Object one : list(tree, "predictions")) {
      List<Tile> tiles = new ArrayList<>();
      for (Object picture : list(one, "pictures")) {
        tiles.add(
            new Tile(
                sheet.id(),
                number(picture, "x"),
                number(picture, "y"),
                side,
                text(picture, "caption"),
                Boolean.parseBoolean(text(picture, "right")) && list(one, "pictures").size() > 2));
      }
      boolean good = field(one, "score") instanceof Number score && score.doubleValue() >= 0.5;
      String mark = text(tree, "task").equals("segmentation") ? "" : good ? "yes" : "no";
      shown.add(
          new Shown(text(one, "asked"), text(one, "answer"), text(one, "expected"), mark, tiles));
    }
    return new OfPoint(point.name(), Names.anchor(point), shown);
  }

  private Sheet sheet(Path file) throws IOException {
    byte[] stored = Files.readAllBytes(file);
    Digest digest = Digest.of(stored);
    Sheet known = sheets.get(digest);
    if (known != null) {
      return known;
    }
    BufferedImage image = ImageIO.read(file.toFile());
    if (image == null) {
      throw new IOException(file + " is no picture");
    }
    Sheet sheet =
        new Sheet("sheet-" + sheets.size(), address(image), image.getWidth(), image.getHeight());
    sheets.put(digest, sheet);
    bytes += sheet.data().length();
    return sheet;
  }

  /** Artifacts hold pictures uncompressed, so that their bytes are the same everywhere. */
  static String address(BufferedImage image) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray());
  }

  private static Object field(Object node, String name) {
    Object value = node instanceof Map<?, ?> map ? map.get(name) : null;
    return value == null ? "" : value;
  }

  private static String text(Object node, String name) {
    return String.valueOf(field(node, name));
  }

  private static int number(Object node, String name) {
    return field(node, name) instanceof Number number ? number.intValue() : 0;
  }

  private static List<?> list(Object node, String name) {
    return field(node, name) instanceof List<?> list ? list : List.of();
  }
}
