package org.amalgam.stages.data.world;

import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/** The artwork, the nouns that scenes use and the texts that people wrote about the pictures. */
public final class World {
  /** How many nouns there are to choose from. */
  public static final int MOST_NOUNS = 48;

  /**
   * SHA-256 of {@code emoji.png}, {@code emoji.tsv} and {@code nouns.tsv}, one after the other. It
   * is here so that other artwork is other code too, and makes the corpora of before be made anew.
   */
  public static final String RESOURCES =
      "fab90d9a4eff83e77032810fe8ff117855d8abe6ef17cd98653e42d97a129850";

  /** SHA-256 of {@code twemoji.png}, the nouns by another artist; here for the same reason. */
  public static final String SHIFTED_RESOURCES =
      "21bea49f6c45a6be4d00d196f94fe6c631f1e0d3bf339933a8af81a8c5b42703";

  /** Side of a picture of the artwork in pixels. */
  static final int CELL = 32;

  private static final int DISTINCT = 110;

  private final List<Noun> nouns;
  private final List<Emoji> emoji;
  private final BufferedImage atlas;

  private World(List<Noun> nouns, List<Emoji> emoji, BufferedImage atlas) {
    this.nouns = List.copyOf(nouns);
    this.emoji = List.copyOf(emoji);
    this.atlas = atlas;
  }

  /**
   * Loads it from the class path.
   *
   * @param nouns how many nouns to use, 1 to {@link #MOST_NOUNS}
   */
  public static World load(int nouns) throws IOException {
    return load(nouns, "emoji.png", Integer.MAX_VALUE);
  }

  /** The same nouns, and no other pictures, as another artist drew them. */
  public static World loadByAnotherArtist(int nouns) throws IOException {
    return load(nouns, "twemoji.png", MOST_NOUNS);
  }

  private static World load(int nouns, String pictures, int most) throws IOException {
    List<Noun> chosen = new ArrayList<>();
    for (String[] row : table("nouns.tsv").subList(0, nouns)) {
      chosen.add(new Noun(chosen.size(), row[1], row[2]));
    }
    List<Emoji> emoji = new ArrayList<>();
    for (String[] row : table("emoji.tsv")) {
      emoji.add(new Emoji(emoji.size(), row[1], List.of(row[2].split("\\|"))));
    }
    try (InputStream stream = resource(pictures)) {
      BufferedImage atlas = ImageIO.read(stream);
      if (atlas == null) {
        throw new IOException("resource " + pictures + " is not a PNG");
      }
      return new World(chosen, emoji.subList(0, Math.min(most, emoji.size())), atlas);
    }
  }

  private static List<String[]> table(String name) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(resource(name), StandardCharsets.UTF_8))) {
      List<String[]> rows = new ArrayList<>();
      reader.readLine();
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        rows.add(line.split("\t", -1));
      }
      return rows;
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream stream = World.class.getResourceAsStream(name);
    if (stream == null) {
      throw new IOException("resource " + name + " is missing beside " + World.class.getName());
    }
    return stream;
  }

  /** The nouns in use; number i is drawn by {@code emoji().get(i)}. */
  public List<Noun> nouns() {
    return nouns;
  }

  /** All pictures. */
  public List<Emoji> emoji() {
    return emoji;
  }

  /** The pixels of a picture, row by row, 0xAARRGGBB. */
  int[] pixels(int cell) {
    int columns = atlas.getWidth() / CELL;
    int x = cell % columns * CELL;
    int y = cell / columns * CELL;
    return atlas.getRGB(x, y, CELL, CELL, null, 0, CELL);
  }

  /** Whether a picture can be seen on a background: most of it differs from it in colour. */
  public boolean standsOut(int cell, Background background) {
    int opaque = 0;
    int distinct = 0;
    for (int argb : pixels(cell)) {
      if (argb >>> 24 > 127) {
        opaque++;
        distinct += distance(argb, background.rgb()) > DISTINCT ? 1 : 0;
      }
    }
    return distinct * 2 >= opaque;
  }

  private static int distance(int a, int b) {
    return Math.abs((a >> 16 & 255) - (b >> 16 & 255))
        + Math.abs((a >> 8 & 255) - (b >> 8 & 255))
        + Math.abs((a & 255) - (b & 255));
  }
}
