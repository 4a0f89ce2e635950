package org.amalgam.stages.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageType;

/**
 * Counts a model's parameters without making it (paper, Table 7): {@code metrics.json} with {@code
 * parameters}, {@code millions}, {@code with-index-tables} (the same with the entries of the index
 * tables that the released code keeps beside the parameters, in millions) and {@code parts}.
 */
public final class ParametersStage implements StageType<ParametersSettings> {
  private static final double MILLION = 1e6;

  @Override
  public String name() {
    return "parameters";
  }

  @Override
  public String summary() {
    return "Counts the parameters of a model of the paper's, by part and in all, without making"
        + " it.";
  }

  @Override
  public Class<ParametersSettings> settings() {
    return ParametersSettings.class;
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
  public void run(ParametersSettings settings, StageContext context) throws Exception {
    ModelConfig config = settings.config();
    List<ParameterCount> counts = ParameterCount.of(config);
    long total = ParameterCount.total(counts);
    Map<String, Object> parts = new LinkedHashMap<>();
    counts.forEach(count -> parts.put(count.part(), count.parameters()));
    Map<String, Object> metrics = new LinkedHashMap<>();
    metrics.put("parameters", total);
    metrics.put("millions", total / MILLION);
    metrics.put("with-index-tables", (total + Table7.indexEntries(config)) / MILLION);
    metrics.put("parts", parts);
    String json = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(metrics);
    Files.writeString(context.output().resolve("metrics.json"), json + "\n");
    context.log("%,d parameters".formatted(total));
  }
}
