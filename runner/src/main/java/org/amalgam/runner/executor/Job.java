package org.amalgam.runner.executor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.JsonFields;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Input;

/**
 * All that is needed to compute one artifact; whoever has it needs neither the recipe nor the plan.
 *
 * @param point the point's name, for messages
 * @param uses the stage type
 * @param settings with defaults, as canonical JSON values
 * @param inputs port name to verified artifacts, in order
 * @param key of the artifact to be
 * @param attempt from 1; in no key
 * @param store the store's directory
 * @param output an empty directory; what is in it afterwards is the artifact
 * @param scratch a directory that outlives attempts
 * @param log the key's log file
 */
public record Job(
    String point,
    String uses,
    Map<String, Object> settings,
    Map<String, List<Input>> inputs,
    long seed,
    Environment environment,
    Digest key,
    int attempt,
    Path store,
    Path output,
    Path scratch,
    Path log) {
  private static final long SCHEMA = 1;

  /**
   * A second key, whose lease is held by whoever computes. The key's own is held by the runner that
   * will publish; should that one die, its worker may still write to the scratch directory for a
   * moment, and this lease keeps the next attempt away until it does not.
   */
  Digest fence() {
    return Digest.of("attempt at " + key);
  }

  /** As JSON. */
  String text() {
    Map<String, Object> ports = new LinkedHashMap<>();
    inputs.forEach((port, list) -> ports.put(port, list.stream().map(Job::json).toList()));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", SCHEMA);
    json.put("point", point);
    json.put("uses", uses);
    json.put("settings", settings);
    json.put("inputs", ports);
    json.put("seed", seed);
    json.put("device", environment.device());
    json.put("precision", environment.precision());
    json.put("threads", environment.threads());
    json.put("key", key.hex());
    json.put("attempt", attempt);
    json.put("store", store.toString());
    json.put("output", output.toString());
    json.put("scratch", scratch.toString());
    json.put("log", log.toString());
    return CanonicalJson.writePretty(json);
  }

  private static Map<String, Object> json(Input input) {
    return Map.of(
        "kind", input.kind(),
        "digest", input.digest().hex(),
        "directory", input.directory().toString());
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IllegalArgumentException if it is something else, with the reason
   */
  static Job parse(String text) {
    JsonFields json = JsonFields.of(text);
    if (json.get("schema", Long.class) != SCHEMA) {
      throw new IllegalArgumentException("a job of another version of this program");
    }
    Map<String, List<Input>> inputs = new LinkedHashMap<>();
    JsonFields ports = new JsonFields(json.map("inputs"));
    for (String port : json.map("inputs").keySet()) {
      List<Input> list = new ArrayList<>();
      for (Object item : ports.get(port, List.class)) {
        if (!(item instanceof Map<?, ?> map)) {
          throw new IllegalArgumentException("\"" + port + "\" has what is no input");
        }
        JsonFields input = new JsonFields(map);
        list.add(
            new Input(
                input.text("kind"), input.digest("digest"), Path.of(input.text("directory"))));
      }
      inputs.put(port, list);
    }
    return new Job(
        json.text("point"),
        json.text("uses"),
        json.map("settings"),
        inputs,
        json.get("seed", Long.class),
        new Environment(
            json.text("device"),
            json.text("precision"),
            Math.toIntExact(json.get("threads", Long.class))),
        json.digest("key"),
        Math.toIntExact(json.get("attempt", Long.class)),
        Path.of(json.text("store")),
        Path.of(json.text("output")),
        Path.of(json.text("scratch")),
        Path.of(json.text("log")));
  }
}
