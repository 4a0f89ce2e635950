package org.amalgam.artifacts;

import java.util.LinkedHashMap;
import java.util.Map;

/** A JSON object whose fields are asked for by name and type. */
public record JsonFields(Map<?, ?> object) {
  /**
   * Reads a JSON object.
   *
   * @throws IllegalArgumentException if the text is not a JSON object
   */
  public static JsonFields of(String text) {
    if (!(CanonicalJson.parse(text) instanceof Map<?, ?> object)) {
      throw new IllegalArgumentException("not a JSON object");
    }
    return new JsonFields(object);
  }

  /**
   * A field.
   *
   * @throws IllegalArgumentException if the field is missing or of another type
   */
  public <T> T get(String name, Class<T> type) {
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

  public String text(String name) {
    return get(name, String.class);
  }

  public Digest digest(String name) {
    return new Digest(text(name));
  }

  // JSON objects have text for keys.
  @SuppressWarnings("unchecked")
  public Map<String, Object> map(String name) {
    return (Map<String, Object>) get(name, Map.class);
  }

  public Map<String, String> texts(String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (String key : map(name).keySet()) {
      texts.put(key, new JsonFields(map(name)).text(key));
    }
    return texts;
  }
}
