package org.amalgam.stages.distance;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.stages.checkpoint.TensorSources;
import org.amalgam.stages.merging.streaming.Workers;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorSource;

/**
 * The stage {@code distance}: writes {@code metrics.json} with {@code v-l}, and for the top layers
 * {@code v-vl} and {@code l-vl}, such as {@code v-l.tssd} and {@code v-l.layers.0.ssd}; with
 * another model {@code shared}, or {@code v}, {@code l} and {@code vl}. The layers also stand in
 * {@code layers.csv}.
 */
public final class DistanceStage implements StageType<DistanceSettings> {
  @Override
  public String name() {
    return "distance";
  }

  @Override
  public String summary() {
    return "Measures how far apart the experts of a model, or two models, are: L2, cosine, SSD,"
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
    metrics.put("share", settings.share());
    List<PairDistances> all;
    try {
      all = measure(settings, context);
    } catch (TensorFileException e) {
      throw new StageFailure(e.getMessage(), e);
    }
    all.forEach(one -> metrics.put(one.name(), one.json()));
    String json = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(metrics);
    Files.writeString(context.output().resolve("metrics.json"), json + "\n");
    Files.writeString(context.output().resolve("layers.csv"), csv(all));
  }

  private static List<PairDistances> measure(DistanceSettings settings, StageContext context)
      throws IOException, StageFailure, InterruptedException {
    Workers workers =
        Workers.of(Runtime.getRuntime().availableProcessors(), Workers.DEFAULT_MEMORY);
    Input second = settings.other();
    try (TensorSource model = open(settings.model())) {
      if (second == null) {
        return PairDistances.betweenExperts(
            model, settings.weights(), settings.share(), workers, context.progress());
      }
      try (TensorSource other = open(second)) {
        return PairDistances.betweenModels(
            model, other, settings.weights(), settings.share(), workers, context.progress());
      }
    }
  }

  private static TensorSource open(Input model) throws TensorFileException {
    return TensorSources.open(model.directory().resolve("model.safetensors"));
  }

  private static String csv(List<PairDistances> all) {
    StringBuilder csv = new StringBuilder("pair,layer,l2,cosine,ssd,tssd,elements,kept\n");
    for (PairDistances pair : all) {
      pair.layers()
          .forEach(
              (layer, d) ->
                  csv.append(
                      "%s,%d,%s,%s,%s,%s,%d,%d\n"
                          .formatted(
                              pair.name(),
                              layer,
                              d.l2(),
                              d.cosine(),
                              d.ssd(),
                              d.tssd(),
                              d.elements(),
                              d.kept())));
    }
    return csv.toString();
  }
}
