package org.amalgam.artifacts;

import java.util.Map;

/**
 * From where a result came that was not computed into the store that has it. The {@link Provenance}
 * beside it still tells how it was computed.
 *
 * @param from such as {@code shared store /lab/store} or {@code bundle run.tar.zst}
 * @param since ISO-8601 instant
 */
public record Origin(String from, String since) {
  public String text() {
    return CanonicalJson.writePretty(Map.of("from", from, "since", since));
  }

  /**
   * @throws IllegalArgumentException if the text is none
   */
  static Origin parse(String text) {
    JsonFields json = JsonFields.of(text);
    return new Origin(json.text("from"), json.text("since"));
  }
}
