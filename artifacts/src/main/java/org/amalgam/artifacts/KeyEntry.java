package org.amalgam.artifacts;

import java.util.Map;

/**
 * A line of the stage-key index: what was computed under a key, and from which parts the key is.
 *
 * @param key the stage key
 * @param artifact the artifact that the stage made
 * @param parts the named parts of the key, canonical JSON values
 */
public record KeyEntry(Digest key, Digest artifact, Map<String, Object> parts) {
  /** The only text of this entry, to be kept in the index. */
  public String text() {
    Map<String, Object> json = Map.of("artifact", artifact.hex(), "key", key.hex(), "parts", parts);
    return CanonicalJson.write(json) + "\n";
  }

  /**
   * Reads the entry of a key.
   *
   * @throws IllegalArgumentException if the text is not one, or is that of another key
   */
  public static KeyEntry parse(Digest key, String text) {
    JsonFields json = JsonFields.of(text);
    if (!json.digest("key").equals(key)) {
      throw new IllegalArgumentException("the entry is for another key, " + json.text("key"));
    }
    return new KeyEntry(key, json.digest("artifact"), json.map("parts"));
  }
}
