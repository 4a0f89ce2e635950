package org.amalgam.pipelines.plan;

import java.util.Map;
import java.util.function.Function;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.StageEntry;
import org.amalgam.pipelines.recipe.Value;
import org.amalgam.pipelines.stage.Environment;
import org.jspecify.annotations.Nullable;

/**
 * What the points of a stage with the same chosen records have in common.
 *
 * @param isRead whether another stage of the recipe reads from it
 */
record StageShape(StageEntry entry, Shape shape, Binder binder, InRecipe recipe, boolean isRead) {

  /**
   * What all points of a recipe have in common.
   *
   * @param engine name and version of the engine that computes
   */
  record InRecipe(long seed, Environment environment, String engine) {
    static InRecipe of(Recipe recipe, String engine) {
      return new InRecipe(recipe.seed(), recipe.environment(), engine);
    }

    /**
     * Replicate 1 has the recipe's own seed, so that asking for more replicates keeps the first.
     */
    long seed(int replicate) {
      if (replicate == 1) {
        return seed;
      }
      Digest derived = Digest.of("replicate " + replicate + " of seed " + seed);
      return Long.parseUnsignedLong(derived.hex().substring(0, 16), 16) & Long.MAX_VALUE;
    }
  }

  /** Values of settings: those that all points share, and a point's own. */
  record Values(Map<String, Value> shared, Map<String, Value> own)
      implements Function<String, @Nullable Value> {
    @Override
    public @Nullable Value apply(String name) {
      Value value = own.get(name);
      return value == null ? shared.get(name) : value;
    }
  }
}
