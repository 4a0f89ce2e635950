package org.amalgam.stages.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.amalgam.pipelines.stage.StageFailure;

/**
 * The sizes of a model; written as {@code config.json} beside its weights.
 *
 * @param width hidden size d
 * @param layers N
 * @param crossLayers M, how many of the top layers are cross-modal
 * @param heads attention heads; divides width
 * @param patch side of a patch in pixels
 * @param imageSize side of an image in pixels; a multiple of patch
 * @param textLength most tokens of a text, [CLS] and [SEP] included
 * @param vocabulary word pieces
 * @param answers classes of the task's head (answers of VQA, classes of images or of pixels), 0
 *     without one
 * @param initialization how new tensors are drawn
 */
public record ModelConfig(
    Architecture architecture,
    int width,
    int layers,
    int crossLayers,
    int heads,
    int patch,
    int imageSize,
    int textLength,
    int vocabulary,
    int answers,
    Initialization initialization,
    Set<Head> headSet) {
  private static final ObjectMapper JSON = new ObjectMapper();

  public ModelConfig {
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "width must be a multiple of heads, is " + width + " with " + heads + " heads");
    }
    if (crossLayers > layers) {
      throw new IllegalArgumentException(
          "cross-layers must be at most layers, is " + crossLayers + " of " + layers);
    }
    if (imageSize % patch != 0) {
      throw new IllegalArgumentException(
          "image-size must be a multiple of patch, is " + imageSize + " with patch " + patch);
    }
    headSet = headSet.isEmpty() ? Set.of() : Set.copyOf(headSet);
  }

  /** Patches along one side of an image. */
  public int grid() {
    return imageSize / patch;
  }

  /** Tokens of an image: [I_CLS] and its patches. */
  public int imageTokens() {
    return grid() * grid() + 1;
  }

  /** Whether a layer, counted from 0, is one of the M cross-modal ones. */
  public boolean isCross(int layer) {
    return layer >= layers - crossLayers;
  }

  /** Whether the heads read images alone: such a model has vision experts and no text side. */
  public boolean isVisionOnly() {
    return !headSet.isEmpty() && headSet.stream().allMatch(Head::isVisionOnly);
  }

  /** Rows of the type embedding: text, image, and for NLVR2 the second image. */
  int tokenTypes() {
    return headSet.contains(Head.NLVR2) ? 3 : 2;
  }

  public ModelConfig withArchitecture(Architecture other) {
    return with(other, headSet, answers);
  }

  /** The same trunk under other heads. */
  public ModelConfig withHeads(Set<Head> heads, int answers) {
    return with(architecture, heads, answers);
  }

  /**
   * The same model for images of another size, which changes the relative positions alone.
   *
   * @throws StageFailure if patches do not tile such images
   */
  public ModelConfig withImageSize(int pixels) throws StageFailure {
    if (pixels % patch != 0) {
      throw new StageFailure(
          "the images have %d pixels a side, which patches of %d do not tile: set the corpus's"
                  .formatted(pixels, patch)
              + " image-size to a multiple of "
              + patch);
    }
    return with(architecture, headSet, answers, pixels);
  }

  private ModelConfig with(Architecture architecture, Set<Head> headSet, int answers) {
    return with(architecture, headSet, answers, imageSize);
  }

  private ModelConfig with(
      Architecture architecture, Set<Head> headSet, int answers, int imageSize) {
    return new ModelConfig(
        architecture,
        width,
        layers,
        crossLayers,
        heads,
        patch,
        imageSize,
        textLength,
        vocabulary,
        answers,
        initialization,
        headSet);
  }

  /** Writes {@code config.json}. */
  public void write(Path file) throws IOException {
    Files.writeString(file, toJson());
  }

  /** The text of {@code config.json}, keys sorted. */
  public String toJson() {
    ObjectNode json = JSON.createObjectNode();
    json.put("answers", answers);
    json.put("architecture", architecture.label());
    json.put("cross-layers", crossLayers);
    json.put("heads", heads);
    json.put("image-size", imageSize);
    json.put("initialization", lower(initialization));
    json.put("layers", layers);
    Set<String> names = new TreeSet<>();
    headSet.forEach(head -> names.add(lower(head)));
    names.forEach(json.putArray("objectives")::add);
    json.put("patch", patch);
    json.put("text-length", textLength);
    json.put("vocabulary", vocabulary);
    json.put("width", width);
    return json.toPrettyString() + "\n";
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws StageFailure if the file is something else, such as another program's config.json
   */
  public static ModelConfig read(Path file) throws IOException, StageFailure {
    JsonNode json;
    try {
      json = JSON.readTree(Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new StageFailure(file + ": is not UTF-8", e);
    } catch (JsonProcessingException e) {
      throw new StageFailure(file + ": is not JSON: " + e.getOriginalMessage(), e);
    }
    JsonFields fields = new JsonFields(file, json);
    Set<Head> heads = EnumSet.noneOf(Head.class);
    for (String name : fields.texts("objectives")) {
      heads.add(fields.known("objectives", name, text -> Head.valueOf(upper(text))));
    }
    try {
      return new ModelConfig(
          fields.known("architecture", fields.text("architecture"), Architecture::ofLabel),
          fields.number("width", 1),
          fields.number("layers", 1),
          fields.number("cross-layers", 0),
          fields.number("heads", 1),
          fields.number("patch", 1),
          fields.number("image-size", 1),
          fields.number("text-length", 0),
          fields.number("vocabulary", 0),
          fields.number("answers", 0),
          fields.known(
              "initialization",
              fields.text("initialization"),
              text -> Initialization.valueOf(upper(text))),
          heads);
    } catch (IllegalArgumentException e) {
      throw new StageFailure(file + ": " + e.getMessage(), e);
    }
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String upper(String label) {
    return label.toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
