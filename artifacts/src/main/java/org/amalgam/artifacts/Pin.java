package org.amalgam.artifacts;

import java.util.List;
import java.util.Map;

/**
 * A promise not to collect some artifacts.
 *
 * @param name letters, digits and {@code .,_=+[]@-}, no more than 200, not starting with a point
 * @param since ISO-8601 instant
 * @param artifacts what is kept
 */
public record Pin(String name, String since, List<Digest> artifacts) {
  private static final String NAMES = "(?!\\.)[A-Za-z0-9.,_=+\\[\\]@-]{1,200}";

  public Pin {
    if (!name.matches(NAMES)) {
      throw new IllegalArgumentException(
          "a pin's name has 1 to 200 letters, digits and .,_=+[]@- and does not start with a point;"
              + " this is \""
              + name
              + "\"");
    }
    artifacts = artifacts.stream().distinct().sorted().toList();
  }

  String text() {
    return CanonicalJson.writePretty(
        Map.of(
            "name",
            name,
            "since",
            since,
            "artifacts",
            artifacts.stream().map(Digest::hex).toList()));
  }

  /**
   * Reads what {@code text} wrote.
   *
   * @throws IllegalArgumentException if the text is none
   */
  static Pin parse(String text) {
    JsonFields json = JsonFields.of(text);
    return new Pin(
        json.text("name"),
        json.text("since"),
        ((List<?>) json.get("artifacts", List.class))
            .stream().map(hex -> new Digest(String.valueOf(hex))).toList());
  }
}
