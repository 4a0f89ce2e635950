package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.StageType;

/**
 * The cache key of a point.
 *
 * <p>Never in it: the names of recipes, stages, dimensions and files, attempts, times, the host.
 *
 * @param digest of the canonical JSON of the parts
 * @param parts by name: schema, uses, settings, inputs, externals, seed, environment, code
 */
public record StageKey(Digest digest, Map<String, Object> parts) {
  /** To be raised when the same parts come to mean something else. */
  private static final long SCHEMA = 1;

  static StageKey of(
      Point point, Map<String, Object> inputs, List<String> externals, StageShape shape) {
    StageType<?> type = point.type();
    Map<String, Object> parts = new TreeMap<>();
    parts.put("schema", SCHEMA);
    parts.put("uses", type.name());
    parts.put("settings", point.settings());
    parts.put("inputs", inputs);
    parts.put("externals", externals);
    if (type.usesSeed()) {
      parts.put("seed", point.seed());
    }
    if (type.usesEngine()) {
      Environment environment = point.environment();
      parts.put(
          "environment",
          new TreeMap<>(
              Map.of(
                  "device", environment.deviceKind(),
                  "precision", environment.precision(),
                  "threads", (long) environment.threads(),
                  "engine", shape.recipe().engine())));
    }
    List<Class<?>> roots = new ArrayList<>(type.code());
    roots.addAll(shape.shape().chosen().values());
    parts.put("code", CodeFingerprint.of(roots).hex());
    Map<String, Object> fixed = Collections.unmodifiableMap(parts);
    return new StageKey(Digest.of(CanonicalJson.write(fixed)), fixed);
  }
}
