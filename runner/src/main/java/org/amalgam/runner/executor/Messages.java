package org.amalgam.runner.executor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.JsonFields;

/** What runner and worker tell each other: one JSON object a line. */
final class Messages {
  /** Worker to runner: the exit file of its job is written. */
  static final String ENDED = "{\"ended\":true}";

  /** Runner to worker: ask the running job to stop. */
  static final String CANCEL = "{\"cancel\":true}";

  /** How far a job is. */
  record At(long done, long total, String unit, Map<String, Double> shown) {}

  private Messages() {}

  /** Runner to worker: compute the job in this file. */
  static String run(String jobFile) {
    return CanonicalJson.write(Map.of("run", jobFile));
  }

  /** The job file of a {@link #run}. */
  static Optional<String> jobFile(String line) {
    return line.startsWith("{\"run\":")
        ? Optional.of(JsonFields.of(line).text("run"))
        : Optional.empty();
  }

  /** Worker to runner. */
  static String progress(At at) {
    // Pairs keep the order. JSON has no NaN, and a loss may well be.
    List<List<String>> shown =
        at.shown().entrySet().stream()
            .map(value -> List.of(value.getKey(), Double.toString(value.getValue())))
            .toList();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("done", at.done());
    json.put("total", at.total());
    json.put("unit", at.unit());
    json.put("shown", shown);
    return CanonicalJson.write(json);
  }

  /** What a {@link #progress} says; empty if the line is something else. */
  static Optional<At> at(String line) {
    if (!line.startsWith("{\"done\":")) {
      return Optional.empty();
    }
    JsonFields json = JsonFields.of(line);
    Map<String, Double> shown = new LinkedHashMap<>();
    for (Object pair : json.get("shown", List.class)) {
      List<?> value = (List<?>) pair;
      shown.put((String) value.get(0), Double.parseDouble((String) value.get(1)));
    }
    return Optional.of(
        new At(
            json.get("done", Long.class), json.get("total", Long.class), json.text("unit"), shown));
  }
}
