package org.amalgam.runner.report;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.runner.schedule.Machine;
import org.amalgam.runner.settings.BuildVersion;

/**
 * What a run was asked for.
 *
 * @param recipe the recipe's file
 * @param overrides as given by {@code --set}
 * @param targets as given; empty for everything
 */
public record RunInvocation(
    Path recipe, List<String> overrides, List<String> targets, Instant started) {
  /**
   * The head of {@code run.json} and {@code state.json}: what was asked for, where and with what.
   */
  Map<String, Object> json(Recipe read) {
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("recipe", read.name());
    head.put("recipeFile", recipe.toString());
    head.put("recipeCopy", new RecipeFiles(read.files(), recipe).mainCopy());
    head.put("recipeDigest", read.digest().hex());
    head.put("profile", read.profile());
    head.put("overrides", overrides);
    head.put("targets", targets);
    head.put("started", started.toString());
    head.put("amalgam", BuildVersion.current().toString());
    head.put("java", Machine.java());
    head.put("host", Machine.host());
    head.put("engine", Machine.engine());
    return head;
  }
}
