package org.amalgam.artifacts;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * That somebody accepted an artifact for a key under which it was not made.
 *
 * @param from the key under which it was made
 * @param differing the parts in which the keys differ, as in {@code code}
 * @param reason why that is harmless
 * @param who the user's name
 * @param when ISO-8601 instant
 */
public record Adoption(Digest from, String differing, String reason, String who, String when) {
  /** See {@link ArtifactStore#adopt}. */
  @SuppressWarnings("try") // The lease is held for what is done meanwhile.
  KeyEntry into(ArtifactStore store, Digest key, Map<String, Object> parts)
      throws InterruptedException {
    KeyEntry old = store.find(from).orElse(null);
    Provenance made = store.provenance(from).orElse(null);
    if (old == null || made == null) {
      throw new StoreException(
          "the store " + store.root() + " has no artifact of key " + from.abbreviated());
    }
    store.verified(old.artifact());
    try (Lease held = store.lease(key)) {
      Optional<KeyEntry> known = store.find(key);
      if (known.isPresent()) {
        return known.get();
      }
      KeyEntry entry = new KeyEntry(key, old.artifact(), parts);
      store.put(store.layout().provenance(key), made.adopted(this).text());
      store.put(store.layout().key(key), entry.text());
      return KeyEntry.parse(key, entry.text());
    } catch (IOException e) {
      throw StoreException.of(store.root(), "adopt " + made.stage(), e);
    }
  }

  Map<String, Object> json() {
    return Map.of(
        "from", from.hex(), "differing", differing, "reason", reason, "who", who, "when", when);
  }

  /**
   * Reads what {@link #json} gave.
   *
   * @throws IllegalArgumentException if a field is missing
   */
  static Adoption of(Map<String, String> json) {
    return new Adoption(
        new Digest(text(json, "from")),
        text(json, "differing"),
        text(json, "reason"),
        text(json, "who"),
        text(json, "when"));
  }

  private static String text(Map<String, String> json, String name) {
    String text = json.get(name);
    if (text == null) {
      throw new IllegalArgumentException("the adoption has no " + name);
    }
    return text;
  }

  /** One sentence for people. */
  @Override
  public String toString() {
    return "by "
        + who
        + " on "
        + when
        + " from key "
        + from.abbreviated()
        + ", which differs in "
        + differing
        + ": "
        + reason;
  }
}
