package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.StageEntry;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.pipelines.stage.StageType;

/** Every stage of a recipe with its points, inputs first. */
record Expansion(StageGraph graph, Map<String, Stage> stages) {
  /**
   * A stage.
   *
   * @param points none if the stage, or one that it reads from, has problems
   * @param isBroken whether its points are unknown for that reason
   */
  record Stage(StageEntry entry, List<Point> points, List<Problem> problems, boolean isBroken) {}

  static Expansion of(Recipe recipe, StageCatalog catalog) {
    StageGraph graph = new StageGraph(recipe.stages());
    StageShape.InRecipe inRecipe = StageShape.InRecipe.of(recipe, catalog.engine());
    Expansion expansion = new Expansion(graph, new LinkedHashMap<>());
    for (String name : graph.order()) {
      StageEntry entry = graph.entry(name);
      List<Problem> problems = new ArrayList<>(entry.problems());
      Problem circle = graph.circles().get(name);
      if (circle != null) {
        problems.add(circle);
      }
      List<Point> points = List.of();
      StageType<?> type = catalog.find(entry.uses()).orElse(null);
      if (type != null) {
        StageExpansion stage =
            new StageExpansion(
                entry, type, expansion.stages(), inRecipe, catalog, graph.isRead(name), problems);
        points = stage.expand(type.usesSeed() ? recipe.replicates() : 1);
      } else if (!entry.uses().isEmpty()) {
        problems.add(
            entry
                .usesPlace()
                .problem(
                    "there is no stage type " + entry.uses(),
                    Suggestion.among(entry.uses(), catalog.names(), "stage types")));
      }
      boolean blocked =
          graph.upstream(name).stream().anyMatch(input -> !expansion.hasPoints(input));
      boolean broken = blocked || !problems.isEmpty();
      expansion
          .stages()
          .put(
              name,
              new Stage(entry, broken ? List.of() : points, Problem.sorted(problems), broken));
    }
    return expansion;
  }

  private boolean hasPoints(String name) {
    Stage stage = stages.get(name);
    return stage != null && !stage.isBroken();
  }

  Map<String, List<Point>> pointsByStage() {
    Map<String, List<Point>> points = new LinkedHashMap<>();
    stages.forEach((name, stage) -> points.put(name, stage.points()));
    return points;
  }

  /** All points, inputs first. */
  List<Point> points() {
    return stages.values().stream().flatMap(stage -> stage.points().stream()).toList();
  }
}
