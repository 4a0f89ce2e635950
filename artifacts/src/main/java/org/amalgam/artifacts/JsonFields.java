package org.amalgam.artifacts;

import java.util.LinkedHashMap;
import java.util.Map;

/** A JSON object whose fields are asked for by name and type. */
record JsonFields(Map<?, ?> object) {
  /**
   * @throws IllegalArgumentException if the text is not a JSON object
   */
  static JsonFields of(String text) {
    if (!(CanonicalJson.parse(text) instanceof Map<?, ?> object)) {
      throw new IllegalArgumentException("not a JSON object");
    }
    return new JsonFields(object);
  }

  /**
   * @throws IllegalArgumentException if the field is missing or of another type
   */
  <T> T get(String name, Class<T> type) {
    Object value = object.get(name);
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" " + (value == null ? "is missing" : "is no " + type.getSimpleName()));
    }
    return type.cast(value);
  }

  boolean has(String name) {
    return object.containsKey(name);
  }

  String text(String name) {
    return get(name, String.class);
  }

  Digest digest(String name) {
    return new Digest(text(name));
  }

  // JSON objects have text for keys.
  @SuppressWarnings("unchecked")
  Map<String, Object> map(String name) {
    return (Map<String, Object>) get(name, Map.class);
  }

  Map<String, String> texts(String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String key : map(name).keySet()) {
      texts.put(key, new JsonFields(map(name)).text(key));
    }
    return texts;
  }
}
