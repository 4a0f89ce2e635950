package org.amalgam.runner.command;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Provenance;
import org.amalgam.runner.report.RunRecord.RunCell;
import org.amalgam.runner.report.RunStage;
import org.amalgam.runner.schedule.PastRuns;
import org.amalgam.runner.schedule.PastRuns.InputChange;
import org.amalgam.runner.schedule.PastRuns.Nearest;
import org.amalgam.runner.schedule.PastRuns.Past;
import org.jspecify.annotations.Nullable;

/** Where an artifact comes from, for programs. */
final class ExplanationJson {
  private final PastRuns past;

  ExplanationJson(PastRuns past) {
    this.past = past;
  }

  static Map<String, @Nullable Object> of(RunCell cell) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("table", cell.table());
    json.put("row", cell.row());
    json.put("column", cell.column());
    json.put("metric", cell.metric());
    json.put("mean", cell.mean().isPresent() ? cell.mean().getAsDouble() : null);
    json.put("points", cell.points());
    return json;
  }

  Map<String, @Nullable Object> of(RunStage stage) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("point", stage.point());
    json.put("uses", stage.uses());
    json.put("verdict", stage.verdict());
    json.put("message", stage.message());
    json.put("key", stage.key().map(Digest::hex).orElse(null));
    json.put("parts", stage.keyParts());
    json.put(
        "difference",
        stage
            .key()
            .flatMap(key -> past.nearest(key, stage.keyParts(), stage.point()))
            .map(this::difference)
            .orElse(null));
    return json;
  }

  Map<String, @Nullable Object> of(Past one) {
    Provenance made = one.provenance();
    Map<String, @Nullable Object> json = new LinkedHashMap<>(artifact(one));
    json.put("key", one.entry().key().hex());
    json.put("parts", one.entry().parts());
    json.put("recipe", made.recipe());
    json.put("recipeDigest", made.recipeDigest());
    json.put("started", made.started());
    json.put("seconds", made.seconds());
    json.put("host", made.host());
    json.put("java", made.java());
    json.put("engine", made.engine());
    json.put(
        "difference",
        past.nearest(one.entry().key(), one.entry().parts(), made.stage())
            .map(this::difference)
            .orElse(null));
    json.put("inputs", inputs(made, new HashSet<>()));
    return json;
  }

  private static Map<String, Object> artifact(Past one) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("point", one.provenance().stage());
    json.put("uses", one.provenance().uses());
    json.put("artifact", one.entry().artifact().hex());
    json.put("code", one.provenance().code());
    return json;
  }

  private Map<String, @Nullable Object> difference(Nearest nearest) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("part", nearest.difference().part());
    json.put("before", nearest.difference().before());
    json.put("now", nearest.difference().now());
    json.put(
        "causes", past.causes(nearest.difference()).stream().map(ExplanationJson::cause).toList());
    json.put("earlierPoint", nearest.past().provenance().stage());
    json.put("earlierKey", nearest.past().entry().key().hex());
    return json;
  }

  private static Map<String, @Nullable Object> cause(InputChange cause) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("point", cause.point());
    json.put("part", cause.difference().part());
    json.put("before", cause.difference().before());
    json.put("now", cause.difference().now());
    return json;
  }

  /** By port; an artifact's own inputs are given where it is met first. */
  private Map<String, Object> inputs(Provenance of, Set<String> met) {
    Map<String, Object> json = new LinkedHashMap<>();
    of.inputs()
        .forEach(
            (port, hex) -> {
              Optional<Past> from =
                  Digest.isHex(hex) ? past.ofArtifact(new Digest(hex)) : Optional.empty();
              Map<String, Object> one =
                  from.map(ExplanationJson::artifact).orElseGet(() -> Map.of("artifact", hex));
              if (from.isPresent() && met.add(hex)) {
                one.put("inputs", inputs(from.get().provenance(), met));
              }
              json.put(port, one);
            });
    return json;
  }
}
