package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Things that have dimensions, ready to be lined up with others: two match if they agree on every
 * dimension that both have. A hash join, so the work is in proportion to what matches.
 */
final class Lineup<T> {
  /** Things by the names of their dimensions: points may be ragged. */
  private final Map<Set<String>, List<Integer>> byNames = new LinkedHashMap<>();

  /** For each set of names that was asked with: an index over the shared ones. */
  private final Map<Set<String>, List<Index>> indexes = new LinkedHashMap<>();

  private final List<T> things;
  private final Function<T, SortedMap<String, String>> dimensions;

  /**
   * @param shared the names that the index is over
   * @param positions labels of these names to positions in {@code things}
   */
  private record Index(Set<String> shared, Map<List<String>, List<Integer>> positions) {}

  Lineup(List<T> things, Function<T, SortedMap<String, String>> dimensions) {
    this.things = things;
    this.dimensions = dimensions;
    for (int i = 0; i < things.size(); i++) {
      Set<String> names = new TreeSet<>(dimensions.apply(things.get(i)).keySet());
      byNames.computeIfAbsent(names, key -> new ArrayList<>()).add(i);
    }
  }

  /** What matches, in the original order. */
  List<T> matching(SortedMap<String, String> wanted) {
    Set<String> names = wanted.keySet();
    List<Index> applicable = indexes.get(names);
    if (applicable == null) {
      applicable = index(new TreeSet<>(names));
    }
    List<Integer> found = new ArrayList<>();
    for (Index index : applicable) {
      found.addAll(index.positions().getOrDefault(labels(wanted, index.shared()), List.of()));
    }
    if (applicable.size() > 1) {
      found.sort(null);
    }
    List<T> matching = new ArrayList<>(found.size());
    found.forEach(position -> matching.add(things.get(position)));
    return matching;
  }

  private List<Index> index(Set<String> names) {
    List<Index> made = new ArrayList<>();
    byNames.forEach(
        (own, positions) -> {
          Set<String> shared = new TreeSet<>(own);
          shared.retainAll(names);
          Map<List<String>, List<Integer>> byLabels = new LinkedHashMap<>();
          for (int position : positions) {
            List<String> key = labels(dimensions.apply(things.get(position)), shared);
            byLabels.computeIfAbsent(key, labels -> new ArrayList<>()).add(position);
          }
          made.add(new Index(shared, byLabels));
        });
    indexes.put(names, made);
    return made;
  }

  private static List<String> labels(SortedMap<String, String> dimensions, Set<String> names) {
    List<String> labels = new ArrayList<>(names.size());
    names.forEach(name -> labels.add(String.valueOf(dimensions.get(name))));
    return labels;
  }

  /** Both together, or null if they disagree. */
  static @Nullable SortedMap<String, String> join(
      SortedMap<String, String> left, SortedMap<String, String> right) {
    if (right.isEmpty()) {
      return left;
    }
    SortedMap<String, String> joined = new TreeMap<>(left);
    for (Map.Entry<String, String> entry : right.entrySet()) {
      String before = joined.put(entry.getKey(), entry.getValue());
      if (before != null && !before.equals(entry.getValue())) {
        return null;
      }
    }
    return joined;
  }
}
