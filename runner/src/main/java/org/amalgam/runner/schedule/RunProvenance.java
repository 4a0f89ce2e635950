package org.amalgam.runner.schedule;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.amalgam.artifacts.Provenance;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.plan.StageKey;
import org.amalgam.pipelines.recipe.Recipe;

/** Writes down how an artifact came to be. */
record RunProvenance(Recipe recipe, Point point, StageKey key, Map<String, String> inputs) {
  Provenance of(Instant started, double seconds, double cpuSeconds) {
    return new Provenance(
        point.name(),
        point.type().name(),
        recipe.name(),
        recipe.digest().hex(),
        point.settings(),
        inputs,
        point.seed(),
        String.valueOf(key.parts().get("code")),
        point.type().usesEngine() ? Machine.engine() : "none",
        Machine.java(),
        Machine.host(),
        started.truncatedTo(ChronoUnit.MILLIS).toString(),
        seconds,
        cpuSeconds);
  }
}
