package org.amalgam.stages;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.recipe.Recipe;

/** Prints the keys of a recipe's points, for {@link SameKeysTest}. */
public final class KeysMain {
  private KeysMain() {}

  /** Takes a recipe's file. */
  public static void main(String[] args) throws Exception {
    System.out.print(keys(Path.of(args[0])));
  }

  /** A line a point, where each artifact is taken for the digest of its key. */
  static String keys(Path recipe) throws Exception {
    Recipe read = Recipe.read(recipe, "smoke", List.of("replicates=2"));
    Map<Point, Digest> artifacts = new LinkedHashMap<>();
    StringBuilder keys = new StringBuilder();
    for (Point point : Plan.of(read, Stages.catalog(), List.of()).points()) {
      Digest key = point.key(artifacts).digest();
      artifacts.put(point, key);
      keys.append(key).append(' ').append(point.name()).append('\n');
    }
    return keys.toString();
  }
}
