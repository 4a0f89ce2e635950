package org.amalgam.runner.command;

import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.RecipeException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that choose what of a recipe is meant; the same for every command. */
final class RecipeOptions {
  @Parameters(index = "0", paramLabel = "RECIPE", description = "a recipe file (YAML)")
  String recipe = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "TARGET",
      description = {
        "what is wanted, with all that it needs: a stage, a point (ours[alpha=0.5], ours[*]), a"
            + " table or a claim; stage+ adds what reads from it; everything if none is named"
      })
  List<String> targets = new ArrayList<>();

  @Option(names = "--profile", paramLabel = "P", description = "a profile of the recipe")
  @Nullable String profile;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description = {
        "overrides a variable (alpha=0.5), a stage's setting (vl-model.batch=32), seed, replicates"
            + " or environment.device; the value is YAML; may be repeated"
      })
  List<String> overrides = new ArrayList<>();

  /** The same plan without what {@code --set} changes. */
  Plan planWithout(Surroundings surroundings) throws RecipeException {
    Recipe read = Recipe.readForPlan(surroundings.resolve(recipe), profile, List.of());
    return Plan.of(read, surroundings.catalog(), targets);
  }

  /** Reads and plans; warnings are printed. */
  Plan plan(Surroundings surroundings) throws RecipeException {
    Recipe read = Recipe.readForPlan(surroundings.resolve(recipe), profile, overrides);
    Plan plan = Plan.of(read, surroundings.catalog(), targets);
    for (Problem warning : plan.warnings()) {
      surroundings.err().println("warning: " + warning.render());
    }
    return plan;
  }
}
