package org.amalgam.runner.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.amalgam.artifacts.CanonicalJson;
import org.jspecify.annotations.Nullable;

/** The numbers of an evaluation: the {@code metrics.json} of an artifact. */
final class Metrics {
  static final String FILE = "metrics.json";

  private final Map<String, Object> tree;

  private Metrics(Map<String, Object> tree) {
    this.tree = tree;
  }

  /** Empty if the artifact has none, or it is not a JSON object. */
  static Optional<Metrics> of(Path artifact) {
    Path file = artifact.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      Object value = CanonicalJson.parse(Files.readString(file));
      return value instanceof Map<?, ?> map
          ? Optional.of(new Metrics(texts(map)))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The number at a dotted path, {@code text-recall.mean}. */
  OptionalDouble number(String path) {
    Object value = tree;
    for (String name : path.split("\\.", -1)) {
      value = value instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return value instanceof Number number
        ? OptionalDouble.of(number.doubleValue())
        : OptionalDouble.empty();
  }

  /** The groups of numbers inside it, such as accuracies by question type: path to numbers. */
  Map<String, Map<String, Double>> groups() {
    Map<String, Map<String, Double>> groups = new LinkedHashMap<>();
    collect("", tree, groups);
    return groups;
  }

  private static void collect(
      String path, Map<String, Object> node, Map<String, Map<String, Double>> groups) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    node.forEach(
        (name, value) -> {
          if (value instanceof Number number) {
            numbers.put(name, number.doubleValue());
          } else if (value instanceof Map<?, ?> map) {
            collect(path.isEmpty() ? name : path + "." + name, texts(map), groups);
          }
        });
    if (!path.isEmpty() && !numbers.isEmpty()) {
      groups.put(path, numbers);
    }
  }

  private static Map<String, Object> texts(Map<?, ?> map) {
    Map<String, @Nullable Object> texts = new LinkedHashMap<>();
    map.forEach((key, value) -> texts.put(String.valueOf(key), value));
    @SuppressWarnings("NullAway") // absent and null mean the same to every reader here
    Map<String, Object> result = (Map<String, Object>) (Map<String, ?>) texts;
    return result;
  }
}
