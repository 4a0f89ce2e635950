package org.amalgam.runner.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.runner.report.RunJson;
import org.amalgam.stages.model.ModelConfig;
import org.amalgam.stages.model.ParameterCount;
import org.amalgam.stages.model.Table7;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code amalgam params}. */
@Command(
    name = "params",
    description = "Counts a model's parameters, by part and in all, without making it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  amalgam params --architecture modality-specific --task vqa",
      "  amalgam params --size tiny --architecture modality-agnostic --output json",
      "  amalgam params --width 64 --layers 6 --heads 2 --patch 8 --image-size 32"
    })
final class ParamsCommand implements Callable<Integer> {
  private static final double MILLION = 1e6;

  @Mixin private ModelOptions model = new ModelOptions();

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  private final Surroundings surroundings;

  ParamsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    ModelConfig config = model.config();
    List<ParameterCount> counts = ParameterCount.of(config);
    if (output == OutputFormat.json) {
      surroundings.out().print(RunJson.text(json(config, counts)));
    } else {
      print(config, counts);
    }
    return ExitCode.OK.code();
  }

  private void print(ModelConfig config, List<ParameterCount> counts) {
    int width = counts.stream().mapToInt(count -> count.part().length()).max().orElse(0);
    String line = "%-" + width + "s  %7s  %13s%n";
    surroundings
        .out()
        .printf(
            "%s, width %d, %d layers of which the top %d are cross-modal, %s at %d pixels%n%n",
            config.architecture().label(),
            config.width(),
            config.layers(),
            config.crossLayers(),
            model.task(),
            config.imageSize());
    surroundings.out().printf(line, "part", "tensors", "parameters");
    int tensors = 0;
    for (ParameterCount count : counts) {
      surroundings.out().printf(line, count.part(), count.tensors(), grouped(count.parameters()));
      tensors += count.tensors();
    }
    surroundings.out().printf(line, "in all", tensors, grouped(ParameterCount.total(counts)));
    Table7.printed(config).ifPresent(printed -> explain(config, counts, printed));
  }

  private void explain(ModelConfig config, List<ParameterCount> counts, int printed) {
    long total = ParameterCount.total(counts);
    long indices = Table7.indexEntries(config);
    surroundings
        .out()
        .printf(
            "%nTable 7 prints %dM for this architecture on VQA. With the %s entries of the"
                + " index%ntables that the released code keeps beside the parameters (%d^2 + %d^2 +"
                + " %d^2) it is%n%s, which rounds to %dM%s.%nAt 480 pixels all five cells round so;"
                + " the paper does not say what it counts.%n",
            printed,
            grouped(indices),
            config.imageTokens(),
            config.imageTokens() + config.textLength(),
            config.textLength(),
            grouped(total + indices),
            Math.round((total + indices) / MILLION),
            Math.round((total + indices) / MILLION) == printed ? "" : ", not to that");
  }

  private Map<String, Object> json(ModelConfig config, List<ParameterCount> counts) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("architecture", config.architecture().label());
    json.put("task", model.task());
    json.put("width", config.width());
    json.put("layers", config.layers());
    json.put("crossLayers", config.crossLayers());
    json.put("imageSize", config.imageSize());
    List<Map<String, Object>> parts = new ArrayList<>();
    for (ParameterCount count : counts) {
      Map<String, Object> part = new LinkedHashMap<>();
      part.put("part", count.part());
      part.put("tensors", count.tensors());
      part.put("parameters", count.parameters());
      parts.add(part);
    }
    json.put("parts", parts);
    json.put("parameters", ParameterCount.total(counts));
    Table7.printed(config)
        .ifPresent(
            printed -> {
              json.put("table7Millions", printed);
              json.put("indexEntries", Table7.indexEntries(config));
            });
    return json;
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
