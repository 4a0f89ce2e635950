package org.amalgam.runner.schedule;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.amalgam.artifacts.Digest;
import org.jspecify.annotations.Nullable;

/**
 * The first part in which two keys differ.
 *
 * @param part dotted path of the part: {@code settings.alpha}, {@code inputs.model}, {@code code}
 * @param before its earlier value; null where there was none
 * @param now its value now; null where there is none
 */
public record KeyDifference(String part, @Nullable Object before, @Nullable Object now) {
  private static final List<String> ORDER =
      List.of("uses", "code", "environment", "seed", "settings", "externals", "inputs");

  /** Compares the parts of two keys; empty if they are equal. */
  public static Optional<KeyDifference> between(
      Map<String, Object> before, Map<String, Object> now) {
    return first("", now, before);
  }

  /** How many parts differ, counting no further than a limit. */
  static int count(Map<String, Object> now, Map<String, Object> before, int limit) {
    int count = 0;
    for (Map.Entry<String, Object> part : now.entrySet()) {
      Object b = before.get(part.getKey());
      if (part.getValue() instanceof Map<?, ?> mapNow && b instanceof Map<?, ?> mapBefore) {
        count += count(strings(mapNow), strings(mapBefore), limit - count);
      } else if (!Objects.equals(part.getValue(), b)) {
        count++;
      }
      if (count >= limit) {
        return limit;
      }
    }
    for (String part : before.keySet()) {
      if (!now.containsKey(part) && ++count >= limit) {
        return limit;
      }
    }
    return count;
  }

  private static Optional<KeyDifference> first(
      String prefix, Map<String, Object> now, Map<String, Object> before) {
    for (String part : names(now, before)) {
      Object a = now.get(part);
      Object b = before.get(part);
      if (a instanceof Map<?, ?> mapNow && b instanceof Map<?, ?> mapBefore) {
        Optional<KeyDifference> inner =
            first(prefix + part + ".", strings(mapNow), strings(mapBefore));
        if (inner.isPresent()) {
          return inner;
        }
      } else if (!Objects.equals(a, b)) {
        return Optional.of(new KeyDifference(prefix + part, b, a));
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

  /** A value of a key's part for people: digests are abbreviated, nothing is "nothing". */
  public static String shown(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list.isEmpty()
          ? "nothing"
          : list.stream().map(KeyDifference::shown).collect(Collectors.joining(", "));
    }
    String text = value == null ? "nothing" : value.toString();
    return Digest.isHex(text) ? new Digest(text).abbreviated() : text;
  }

  /** {@code 0.5 -> 0.75}. */
  public String values() {
    return shown(before) + " -> " + shown(now);
  }

  /** {@code settings.alpha: 0.5 -> 0.75}. */
  @Override
  public String toString() {
    return part + ": " + values();
  }
}
