package org.amalgam.runner.report;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Reading parsed JSON whose fields may be absent: files of older versions have fewer. */
final class JsonTree {
  private JsonTree() {}

  /**
   * @throws IllegalArgumentException if it is no object
   */
  @SuppressWarnings("unchecked") // JSON objects have text for keys
  static Map<String, Object> object(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException("not a JSON object");
    }
    return (Map<String, Object>) map;
  }

  static Map<String, Object> object(Map<String, Object> parent, String field) {
    return parent.get(field) instanceof Map<?, ?> map ? object(map) : Map.of();
  }

  static List<?> list(Map<String, Object> parent, String field) {
    return parent.get(field) instanceof List<?> list ? list : List.of();
  }

  static List<Map<String, Object>> objects(Map<String, Object> parent, String field) {
    return list(parent, field).stream()
        .filter(Map.class::isInstance)
        .map(JsonTree::object)
        .toList();
  }

  static String text(Map<String, Object> parent, String field, String otherwise) {
    return parent.get(field) instanceof String text ? text : otherwise;
  }

  static OptionalDouble number(Map<String, Object> parent, String field) {
    return parent.get(field) instanceof Number number
        ? OptionalDouble.of(number.doubleValue())
        : OptionalDouble.empty();
  }
}
