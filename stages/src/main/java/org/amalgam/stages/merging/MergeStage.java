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
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.SafetensorsException;
import org.jspecify.annotations.Nullable;

/**
 * The stage {@code merge}: reads {@code model.safetensors} and {@code config.json} of a
 * modality-specific model and writes both for the modality-agnostic one.
 */
public final class MergeStage implements StageType<MergeSettings> {
  private static final String WEIGHTS = "model.safetensors";
  private static final String GRAMS = "grams.safetensors";
  private static final String FISHER = "fisher.safetensors";
  private static final String CONFIG = "config.json";
  private static final String ARCHITECTURE = "architecture";
  private static final String AGNOSTIC = "modality-agnostic";

  /** More than these wait for each other at the file. */
  private static final int MOST_THREADS = 8;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  @Override
  public String name() {
    return "merge";
  }

  @Override
  public String summary() {
    return "Merges the experts of a modality-specific model into one modality-agnostic model.";
  }

  @Override
  public Class<MergeSettings> settings() {
    return MergeSettings.class;
  }

  @Override
  public String produces() {
    return "weights";
  }

  @Override
  public Map<String, Map<String, Class<? extends Record>>> choices() {
    return Map.of("merging", MergeMethods.byName());
  }

  @Override
  public boolean usesEngine() {
    return false;
  }

  @Override
  public boolean usesSeed() {
    return false;
  }

  @Override
  public void run(MergeSettings settings, StageContext context) throws Exception {
    MergeMethod method = settings.merging();
    String config = mergedConfig(settings.model().directory().resolve(CONFIG));
    int threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    try (MergeInputs inputs =
        MergeInputs.open(
            settings.model().directory().resolve(WEIGHTS),
            method.usesOrigin() ? file(settings.origin(), WEIGHTS) : null,
            method.usesGrams() ? file(settings.grams(), GRAMS) : null,
            method.usesFisher() ? file(settings.fisher(), FISHER) : null)) {
      new Merge(method, inputs)
          .write(
              context.output().resolve(WEIGHTS),
              Workers.of(threads, settings.memory() << 20),
              context.progress());
    } catch (SafetensorsException e) {
      throw new StageFailure(e.getMessage(), e);
    }
    Files.writeString(context.output().resolve(CONFIG), config);
    context.log("merged by " + method);
  }

  private static @Nullable Path file(@Nullable Input input, String name) {
    return input == null ? null : input.directory().resolve(name);
  }

  private static String mergedConfig(Path file) throws IOException, StageFailure {
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
