package org.amalgam.pipelines.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The profiles of a recipe and of what it includes. A profile is applied after those that it
 * extends; of one name, that of an included file before the recipe's own.
 */
final class Profiles {
  private final Map<String, List<Value.Entry>> byName = new LinkedHashMap<>();
  private final List<Problem> problems;

  Profiles(List<Problem> problems) {
    this.problems = problems;
  }

  /** To be called in the order of precedence, lowest first. */
  void add(String name, Value.Entry entry) {
    new Expected(problems).isName("a profile", name, entry.key());
    boolean empty = entry.value() instanceof Value.Scalar scalar && scalar.value() == null;
    if (entry.value() instanceof Value.Entries || empty) {
      byName.computeIfAbsent(name, key -> new ArrayList<>()).add(entry);
    } else {
      problems.add(
          entry
              .value()
              .place()
              .problem(
                  "the profile "
                      + name
                      + ": expected a mapping, found "
                      + entry.value().described(),
                  "write " + name + ": {variable: value}"));
    }
  }

  /** Checks all profiles and applies one; "none" applies none. */
  void apply(String name, Place asked, Overrides parts) {
    for (List<Value.Entry> entries : byName.values()) {
      for (Value.Entry entry : entries) {
        if (entry.value() instanceof Value.Entries profile) {
          parts.apply(profile, false, problems);
        }
      }
    }
    byName.keySet().forEach(each -> order(each, new ArrayList<>(), new ArrayList<>()));
    if (byName.containsKey(name)) {
      List<String> order = new ArrayList<>();
      order(name, new ArrayList<>(), order);
      // Mistakes were reported above.
      List<Problem> known = new ArrayList<>();
      for (String each : order) {
        for (Value.Entry entry : byName.getOrDefault(each, List.of())) {
          if (entry.value() instanceof Value.Entries profile) {
            parts.apply(profile, true, known);
          }
        }
      }
    } else if (!name.equals("none")) {
      problems.add(
          asked.problem(
              "there is no profile " + name,
              Suggestion.among(name, new TreeSet<>(byName.keySet()), "profiles")));
    }
  }

  /** Adds the profiles that a profile extends and itself, each once. */
  private void order(String name, List<String> above, List<String> order) {
    if (order.contains(name)) {
      return;
    }
    above.add(name);
    for (Value.Entry entry : byName.getOrDefault(name, List.of())) {
      if (!(entry.value() instanceof Value.Entries profile)) {
        continue;
      }
      Value extended = profile.get("extends");
      if (extended == null) {
        continue;
      }
      for (Value one : extended instanceof Value.Items list ? list.items() : List.of(extended)) {
        String base = new Expected(problems).text("extends", one);
        if (base == null) {
          continue;
        }
        if (above.contains(base)) {
          report(
              one.place()
                  .problem(
                      "profiles extend one another in a circle: "
                          + String.join(" -> ", above)
                          + " -> "
                          + base,
                      "remove one extends"));
        } else if (!byName.containsKey(base)) {
          report(
              one.place()
                  .problem(
                      "there is no profile " + base,
                      Suggestion.among(base, new TreeSet<>(byName.keySet()), "profiles")));
        } else {
          order(base, above, order);
        }
      }
    }
    above.remove(above.size() - 1);
    order.add(name);
  }

  /** A place is at fault once, however many profiles lead to it. */
  private void report(Problem problem) {
    boolean known =
        problems.stream().anyMatch(other -> other.position().equals(problem.position()));
    if (!known) {
      problems.add(problem);
    }
  }
}
