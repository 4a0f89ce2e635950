package org.amalgam.runner.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.amalgam.pipelines.plan.RecipeSchema;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.pipelines.stage.StageType;
import org.amalgam.runner.report.RunJson;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amalgam stages}. */
@Command(
    name = "stages",
    description = "Lists the stage types that recipes may use, or tells all about one.",
    footerHeading = "%nExamples:%n",
    footer = {"  amalgam stages", "  amalgam stages merge"})
final class StagesCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Parameters(arity = "0..1", paramLabel = "TYPE", description = "a stage type")
  private @Nullable String type;

  @Option(
      names = "--schema",
      description = "prints the JSON Schema of recipes, for editors (recipes/recipe.schema.json)")
  private boolean schema;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      description = "text or json; --schema has the settings for programs")
  private OutputFormat output = OutputFormat.text;

  StagesCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() {
    StageCatalog catalog = surroundings.catalog();
    if (schema) {
      surroundings.out().print(RecipeSchema.of(catalog));
      return ExitCode.OK.code();
    }
    String asked = type;
    if (asked == null && output == OutputFormat.json) {
      List<Object> all = new ArrayList<>();
      catalog.names().forEach(name -> catalog.find(name).ifPresent(t -> all.add(json(t))));
      surroundings.out().print(RunJson.text(all));
      return ExitCode.OK.code();
    }
    if (asked == null) {
      int width = catalog.names().stream().mapToInt(String::length).max().orElse(0);
      for (String name : catalog.names()) {
        String summary = catalog.find(name).map(StageType::summary).orElse("");
        surroundings.out().println(name + " ".repeat(width - name.length()) + "  " + summary);
      }
      return ExitCode.OK.code();
    }
    Optional<StageType<?>> found = catalog.find(asked);
    if (found.isEmpty()) {
      throw storeOptions.misuse(
          "no stage type is named " + asked + "; there are " + String.join(", ", catalog.names()));
    }
    surroundings
        .out()
        .print(
            output == OutputFormat.json
                ? RunJson.text(json(found.get()))
                : SettingsText.of(found.get()));
    return ExitCode.OK.code();
  }

  private static Map<String, Object> json(StageType<?> type) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", type.name());
    json.put("summary", type.summary());
    json.put("produces", type.produces());
    json.put("usesEngine", type.usesEngine());
    json.put("usesSeed", type.usesSeed());
    return json;
  }
}
