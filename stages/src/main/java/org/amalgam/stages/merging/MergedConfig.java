package org.amalgam.stages.merging;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageFailure;

/** The {@code config.json} of a merged model: the same, but modality-agnostic. */
public final class MergedConfig {
  /** The name of the file beside the weights. */
  public static final String FILE = "config.json";

  private static final String ARCHITECTURE = "architecture";
  private static final String AGNOSTIC = "modality-agnostic";

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private MergedConfig() {}

  /**
   * The text for the merged model.
   *
   * @param file the modality-specific model's
   * @throws StageFailure if it is missing, is no such file, or the model has no experts
   */
  public static String of(Path file) throws IOException, StageFailure {
    JsonNode config;
    try {
      config = JSON.readTree(Files.readString(file, StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw new StageFailure(file + ": there is no such file beside the weights", e);
    } catch (CharacterCodingException e) {
      throw new StageFailure(file + ": is not UTF-8", e);
    } catch (JsonProcessingException e) {
      throw new StageFailure(file + ": is not JSON: " + e.getOriginalMessage(), e);
    }
    if (!config.isObject() || !config.path(ARCHITECTURE).isTextual()) {
      throw new StageFailure(file + ": is not an object with a text " + ARCHITECTURE);
    }
    if (config.path(ARCHITECTURE).textValue().equals(AGNOSTIC)) {
      throw new StageFailure(
          file + ": the model is modality-agnostic already; give a model that has experts");
    }
    SortedMap<String, Object> fields = new TreeMap<>();
    config.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
    fields.put(ARCHITECTURE, AGNOSTIC);
    return JSON.writeValueAsString(fields) + "\n";
  }
}
