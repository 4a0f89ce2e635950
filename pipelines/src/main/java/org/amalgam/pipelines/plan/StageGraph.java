package org.amalgam.pipelines.plan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.StageEntry;
import org.amalgam.pipelines.recipe.Value;

/** Which stage reads from which, and an order in which inputs come first. */
final class StageGraph {
  private final Map<String, StageEntry> entries = new LinkedHashMap<>();
  private final Map<String, Map<String, Value.Reference>> reads = new LinkedHashMap<>();
  private final Map<String, Set<String>> readers = new LinkedHashMap<>();
  private final List<String> order = new ArrayList<>();
  private final Map<String, Problem> circles = new LinkedHashMap<>();

  StageGraph(List<StageEntry> stages) {
    stages.forEach(stage -> entries.put(stage.name(), stage));
    for (StageEntry stage : stages) {
      Map<String, Value.Reference> own = new LinkedHashMap<>();
      stage.settings().values().stream()
          .flatMap(setting -> Alternatives.references(setting.value()).stream())
          .forEach(reference -> own.putIfAbsent(reference.stage(), reference));
      reads.put(stage.name(), own);
      own.keySet()
          .forEach(
              read ->
                  readers.computeIfAbsent(read, key -> new LinkedHashSet<>()).add(stage.name()));
    }
    sort();
  }

  /** As far as the recipe's order allows: a stage that is ready goes before later ones. */
  private void sort() {
    List<String> names = new ArrayList<>(entries.keySet());
    Map<String, Integer> positions = new LinkedHashMap<>();
    Map<String, Integer> open = new LinkedHashMap<>();
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < names.size(); i++) {
      positions.put(names.get(i), i);
      int inputs = upstream(names.get(i)).size();
      open.put(names.get(i), inputs);
      if (inputs == 0) {
        ready.add(i);
      }
    }
    while (!ready.isEmpty()) {
      String name = names.get(ready.remove());
      order.add(name);
      open.remove(name);
      for (String reader : readers.getOrDefault(name, Set.of())) {
        if (open.merge(reader, -1, Integer::sum) == 0) {
          ready.add(positions.getOrDefault(reader, 0));
        }
      }
    }
    // What is left is in a circle or reads from one.
    Set<String> seen = new LinkedHashSet<>();
    for (String start : open.keySet()) {
      List<String> path = new ArrayList<>();
      String at = start;
      while (seen.add(at)) {
        path.add(at);
        at = upstream(at).stream().filter(open::containsKey).findFirst().orElse(at);
      }
      if (path.contains(at)) {
        circle(path.subList(path.indexOf(at), path.size()));
      }
    }
    order.addAll(open.keySet());
  }

  private void circle(List<String> circle) {
    List<String> names = new ArrayList<>(circle);
    java.util.Collections.reverse(names);
    String text = String.join(" -> ", names) + " -> " + names.get(0);
    String first = names.get(names.size() - 1);
    Value.Reference reference = reads(first).get(circle.get(1 % circle.size()));
    if (reference != null) {
      Problem problem =
          reference
              .place()
              .problem(
                  "stages read from one another in a circle: " + text,
                  "remove one of the references");
      circle.forEach(name -> circles.put(name, problem));
    }
  }

  /** Every stage; those in a circle, and what reads from them, last. */
  List<String> order() {
    return order;
  }

  StageEntry entry(String name) {
    StageEntry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("no stage " + name);
    }
    return entry;
  }

  /** The circle that a stage is in: one problem for each stage of it. */
  Map<String, Problem> circles() {
    return circles;
  }

  private Map<String, Value.Reference> reads(String name) {
    return reads.getOrDefault(name, Map.of());
  }

  Set<String> upstream(String name) {
    return reads(name).keySet();
  }

  /** Whether another stage reads from it. */
  boolean isRead(String name) {
    return readers.containsKey(name);
  }

  /** The names and all that they read from, directly or not. */
  Set<String> withUpstream(Set<String> names) {
    return closure(names, upstreams());
  }

  /** The names and all that reads from them, directly or not. */
  Set<String> withDownstream(Set<String> names) {
    return closure(names, readers);
  }

  private Map<String, Set<String>> upstreams() {
    Map<String, Set<String>> upstreams = new LinkedHashMap<>();
    reads.forEach((name, own) -> upstreams.put(name, own.keySet()));
    return upstreams;
  }

  private static Set<String> closure(Set<String> names, Map<String, Set<String>> next) {
    Set<String> closure = new LinkedHashSet<>(names);
    Deque<String> open = new ArrayDeque<>(names);
    while (!open.isEmpty()) {
      for (String other : next.getOrDefault(open.remove(), Set.of())) {
        if (closure.add(other)) {
          open.add(other);
        }
      }
    }
    return closure;
  }
}
