package org.amalgam.pipelines.plan;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.RecipeException;
import org.jspecify.annotations.Nullable;

/** A recipe written for one test. */
public record RecipeFile(Path path) {
  /** The stages of a recipe that is otherwise sound. */
  public static RecipeFile ofStages(Path directory, String stages) {
    return of(directory, "recipe: test\nstages:\n" + stages.indent(2));
  }

  public static RecipeFile of(Path directory, String text) {
    try {
      return new RecipeFile(Files.writeString(directory.resolve("recipe.yaml"), text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The recipe of the final experiment, with all features of the language. */
  public static RecipeFile finalRecipe() {
    return new RecipeFile(Path.of("src/test/resources/final-recipe.yaml"));
  }

  public Recipe read(String... overrides) throws RecipeException {
    return read(null, overrides);
  }

  public Recipe read(@Nullable String profile, String[] overrides) throws RecipeException {
    return Recipe.read(path, profile, List.of(overrides));
  }

  /** A plan of everything. */
  public Plan plan(String... overrides) throws RecipeException {
    return Plan.of(read(overrides), SmallStages.catalog(), List.of());
  }

  public Plan planOf(String target) throws RecipeException {
    return Plan.of(read(), SmallStages.catalog(), List.of(target));
  }
}
