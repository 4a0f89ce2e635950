package org.amalgam.runner;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.amalgam.artifacts.CanonicalJson;

/** A JSON value that a command printed; looking for what is not there fails the test. */
record Parsed(Object value) {
  static Parsed of(String text) {
    return new Parsed(CanonicalJson.parse(text));
  }

  /** The field of an object. */
  Parsed get(String field) {
    Object found = ((Map<?, ?>) value).get(field);
    return new Parsed(Objects.requireNonNull(found, field));
  }

  /** The item of a list. */
  Parsed get(int index) {
    return new Parsed(Objects.requireNonNull(((List<?>) value).get(index)));
  }

  /** The names of an object's fields, in order. */
  List<String> keys() {
    return ((Map<?, ?>) value).keySet().stream().map(String::valueOf).toList();
  }

  /** A text, as it is. */
  String text() {
    return (String) value;
  }
}
