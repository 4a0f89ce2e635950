package org.amalgam.runner.schedule;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.Provenance;
import org.jspecify.annotations.Nullable;

/**
 * The first part in which a key differs from the nearest earlier one of the same stage.
 *
 * @param part dotted path of the part: {@code settings.alpha}, {@code inputs.model}, {@code code}
 * @param before its earlier value, "nothing" where there was none
 * @param now its value now
 * @param earlier the entry compared with
 */
public record KeyDifference(String part, String before, String now, KeyEntry earlier) {
  private static final List<String> ORDER =
      List.of("uses", "code", "environment", "seed", "settings", "externals", "inputs");

  /** An index entry with its provenance. */
  public record Past(KeyEntry entry, Provenance provenance) {}

  /** Everything that a store knows of a stage, newest first. */
  public static List<Past> pastOf(ArtifactStore store, String stage) {
    return store.entries().stream()
        .flatMap(entry -> store.provenance(entry.key()).map(past -> new Past(entry, past)).stream())
        .filter(past -> Forecast.stageOf(past.provenance().stage()).equals(stage))
        .sorted(Comparator.comparing((Past past) -> past.provenance().started()).reversed())
        .toList();
  }

  /**
   * Compares with the past of a stage.
   *
   * @param pointName preferred among earlier points whose keys differ in equally many parts
   * @return empty if there is no other key in the past
   */
  public static Optional<KeyDifference> nearest(
      Digest key, Map<String, Object> parts, String pointName, List<Past> past) {
    return past.stream()
        .filter(other -> !other.entry().key().equals(key))
        .min(
            Comparator.comparingLong((Past other) -> differing(parts, other.entry().parts()))
                .thenComparing(other -> !other.provenance().stage().equals(pointName)))
        .flatMap(other -> first(parts, other.entry()));
  }

  private static long differing(Map<String, Object> now, Map<String, Object> before) {
    long count = 0;
    for (String part : names(now, before)) {
      Object a = now.get(part);
      Object b = before.get(part);
      if (a instanceof Map<?, ?> mapNow && b instanceof Map<?, ?> mapBefore) {
        count += differing(strings(mapNow), strings(mapBefore));
      } else if (!Objects.equals(a, b)) {
        count++;
      }
    }
    return count;
  }

  private static Optional<KeyDifference> first(Map<String, Object> now, KeyEntry earlier) {
    return first("", now, earlier.parts(), earlier);
  }

  private static Optional<KeyDifference> first(
      String prefix, Map<String, Object> now, Map<String, Object> before, KeyEntry earlier) {
    for (String part : names(now, before)) {
      Object a = now.get(part);
      Object b = before.get(part);
      if (a instanceof Map<?, ?> mapNow && b instanceof Map<?, ?> mapBefore) {
        Optional<KeyDifference> inner =
            first(prefix + part + ".", strings(mapNow), strings(mapBefore), earlier);
        if (inner.isPresent()) {
          return inner;
        }
      } else if (!Objects.equals(a, b)) {
        return Optional.of(new KeyDifference(prefix + part, shown(b), shown(a), earlier));
      }
    }
    return Optional.empty();
  }

  private static TreeSet<String> names(Map<String, Object> now, Map<String, Object> before) {
    TreeSet<String> names =
        new TreeSet<>(
            Comparator.comparingInt((String name) -> rank(name))
                .thenComparing(Comparator.naturalOrder()));
    names.addAll(now.keySet());
    names.addAll(before.keySet());
    return names;
  }

  private static int rank(String name) {
    int index = ORDER.indexOf(name);
    return index < 0 ? ORDER.size() : index;
  }

  @SuppressWarnings("unchecked") // canonical JSON has text keys only
  private static Map<String, Object> strings(Map<?, ?> map) {
    return (Map<String, Object>) map;
  }

  private static String shown(@Nullable Object value) {
    String text = value == null ? "nothing" : value.toString();
    return Digest.isHex(text) ? new Digest(text).abbreviated() : text;
  }

  /** {@code settings.alpha: 0.5 -> 0.75}. */
  @Override
  public String toString() {
    return part + ": " + before + " -> " + now;
  }
}
