package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/**
 * From where a result came that was not computed into the store that has it. The {@link Provenance}
 * beside it still tells how it was computed.
 *
 * @param from such as {@code shared store /lab/store} or {@code bundle run.tar.zst}
 * @param since ISO-8601 instant
 */
public record Origin(String from, String since) {
  /** See {@link ArtifactStore#record}. */
  void record(ArtifactStore store, KeyEntry entry, Provenance provenance, Optional<Path> log)
      throws IOException {
    StoreLayout layout = store.layout();
    Digest key = entry.key();
    if (store.entry(key).isPresent()
        && store.has(entry.artifact())
        && !Files.exists(layout.origin(key))) {
      return;
    }
    store.put(layout.origin(key), text());
    store.put(layout.provenance(key), provenance.text());
    if (log.isPresent() && !Files.exists(layout.log(key))) {
      Path copy = store.temp().path();
      Files.copy(log.get(), copy);
      Files.move(copy, store.log(key), StandardCopyOption.ATOMIC_MOVE);
    }
    store.put(layout.key(key), entry.text());
  }

  /** As JSON for people. */
  public String text() {
    return CanonicalJson.writePretty(Map.of("from", from, "since", since));
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IllegalArgumentException if the text is none
   */
  static Origin parse(String text) {
    JsonFields json = JsonFields.of(text);
    return new Origin(json.text("from"), json.text("since"));
  }
}
