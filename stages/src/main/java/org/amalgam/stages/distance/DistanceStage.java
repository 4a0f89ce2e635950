package org.amalgam.stages.distance;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.tensor.SafetensorsException;
import org.amalgam.stages.tensor.SafetensorsFile;

/**
 * The stage {@code distance}: writes {@code metrics.json} with {@code v-l}, and for the top layers
 * {@code v-vl} and {@code l-vl}, such as {@code v-l.tssd} and {@code v-l.layers.0.ssd}.
 */
public final class DistanceStage implements StageType<DistanceSettings> {
  private static final List<List<String>> PAIRS =
      List.of(List.of("v", "l"), List.of("v", "vl"), List.of("l", "vl"));

  @Override
  public String name() {
    return "distance";
  }

  @Override
  public String summary() {
    return "Measures how far apart the experts of a modality-specific model are: L2, cosine, SSD,"
        + " TSSD.";
  }

  @Override
  public Class<DistanceSettings> settings() {
    return DistanceSettings.class;
  }

  @Override
  public String produces() {
    return "metrics";
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
  public void run(DistanceSettings settings, StageContext context) throws Exception {
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("weights", settings.weights().name().toLowerCase(Locale.ROOT));
    metrics.put("truncation", settings.truncation());
    Path weights = settings.model().directory().resolve("model.safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(weights)) {
      measure(file, settings, context, metrics);
    } catch (SafetensorsException e) {
      throw new StageFailure(e.getMessage(), e);
    }
    String json = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(metrics);
    Files.writeString(context.output().resolve("metrics.json"), json + "\n");
  }

  private static void measure(
      SafetensorsFile file,
      DistanceSettings settings,
      StageContext context,
      Map<String, Object> metrics)
      throws IOException, StageFailure {
    ExpertLayout layout = ExpertLayout.of(file);
    int done = 0;
    for (List<String> pair : PAIRS) {
      Optional<ExpertDistances> distances =
          ExpertDistances.between(
              file, layout, pair.get(0), pair.get(1), settings.weights(), settings.truncation());
      distances.ifPresent(found -> metrics.put(String.join("-", pair), json(found)));
      context.progress().at(++done, PAIRS.size(), "pair");
    }
    if (!metrics.containsKey("v-l")) {
      throw new StageFailure(
          file.path() + ": modalities share all matrices; set weights: all to compare the rest");
    }
  }

  private static Map<String, Object> json(ExpertDistances distances) {
    Map<String, Object> json = json(distances.all());
    Map<String, Object> layers = new LinkedHashMap<>();
    distances.layers().forEach((layer, values) -> layers.put(layer.toString(), json(values)));
    json.put("layers", layers);
    return json;
  }

  private static Map<String, Object> json(Distances distances) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("l2", distances.l2());
    json.put("cosine", distances.cosine());
    json.put("ssd", distances.ssd());
    json.put("tssd", distances.tssd());
    json.put("elements", distances.elements());
    json.put("kept", distances.kept());
    return json;
  }
}
