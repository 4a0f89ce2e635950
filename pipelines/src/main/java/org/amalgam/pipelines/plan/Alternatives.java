package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.recipe.Labels;
import org.amalgam.pipelines.recipe.Place;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Selection;
import org.amalgam.pipelines.recipe.Value;
import org.jspecify.annotations.Nullable;

/** What a setting can be: one alternative for each choice of every {@code each} in it. */
final class Alternatives {
  static final String REPLICATE = "replicate";
  static final int MOST = 300_000;
  private static final SortedMap<String, String> NO_DIMENSIONS =
      Collections.unmodifiableSortedMap(new TreeMap<>());

  private final List<Problem> problems;

  Alternatives(List<Problem> problems) {
    this.problems = problems;
  }

  /**
   * @param dimensions the labels of the choices that it takes
   * @param value without any {@code each}
   */
  record Alternative(SortedMap<String, String> dimensions, Value value) {}

  /** All alternatives in order; those whose choices contradict one another are left out. */
  List<Alternative> of(String setting, Value value) {
    if (value instanceof Value.Entries mapping) {
      return mapping.isChoice() ? choice(setting, mapping) : entries(mapping);
    }
    if (value instanceof Value.Items list) {
      return items(setting, list);
    }
    return List.of(new Alternative(NO_DIMENSIONS, value));
  }

  private List<Alternative> choice(String setting, Value.Entries choice) {
    choice
        .entries()
        .forEach(
            (key, entry) -> {
              if (!key.equals("each") && !key.equals("as")) {
                problems.add(
                    entry
                        .key()
                        .problem(
                            "unknown key " + key + " beside each",
                            "write {each: [...], as: dimension}"));
              }
            });
    String dimension = dimension(setting, choice);
    Value each = choice.get("each");
    if (each == null || dimension == null || each instanceof Value.Unknown) {
      return List.of();
    }
    int before = problems.size();
    Map<String, Value> choices = new LinkedHashMap<>();
    if (each instanceof Value.Entries labelled && !labelled.isChoice()) {
      labelled
          .entries()
          .forEach(
              (label, entry) -> label(choices, Labels.ofTyped(label), entry.key(), entry.value()));
    } else {
      for (Value item : each instanceof Value.Items list ? list.items() : List.of(each)) {
        String label = ownLabel(item);
        if (label != null) {
          label(choices, label, item.place(), item);
        }
      }
    }
    if (choices.isEmpty() && problems.size() == before) {
      problems.add(each.place().problem("each has no choices", "write {each: [a, b]}"));
    }
    List<Alternative> alternatives = new ArrayList<>();
    choices.forEach(
        (label, value) -> {
          SortedMap<String, String> own = new TreeMap<>(Map.of(dimension, label));
          for (Alternative inner : of(setting, value)) {
            SortedMap<String, String> joined = Lineup.join(own, inner.dimensions());
            if (joined != null) {
              alternatives.add(new Alternative(joined, inner.value()));
            }
          }
        });
    return alternatives;
  }

  private @Nullable String dimension(String setting, Value.Entries choice) {
    Value as = choice.get("as");
    String name =
        as == null
            ? setting
            : as instanceof Value.Scalar scalar && scalar.value() instanceof String text
                ? text
                : "";
    Place place = as == null ? choice.place() : as.place();
    if (!Selection.isName(name)) {
      problems.add(place.problem("the dimension needs a name", "write as: NAME beside each"));
      return null;
    }
    if (name.equals(REPLICATE)) {
      problems.add(
          place.problem(
              "the dimension replicate belongs to the recipe's replicates",
              "write as: NAME beside each"));
      return null;
    }
    return name;
  }

  private @Nullable String ownLabel(Value item) {
    if (item instanceof Value.Scalar scalar && scalar.value() != null) {
      return Labels.of(scalar.value());
    }
    if (item instanceof Value.Reference reference && reference.where().isEmpty()) {
      return reference.stage();
    }
    if (item instanceof Value.Unknown) {
      return null;
    }
    problems.add(
        item.place()
            .problem(
                "a choice that is " + item.described() + " needs a label",
                "write each: {label: value, ...}"));
    return null;
  }

  private void label(Map<String, Value> choices, String label, Place place, Value value) {
    if (!Labels.isWellFormed(label)) {
      problems.add(
          place.problem(
              "\"" + label + "\" cannot be a label in the name of a point",
              "write each: {label: value, ...}"));
    } else if (choices.putIfAbsent(label, value) != null) {
      problems.add(place.problem("the choice " + label + " is there twice", "remove one"));
    }
  }

  private List<Alternative> items(String setting, Value.Items list) {
    List<List<Alternative>> each = new ArrayList<>();
    list.items().forEach(item -> each.add(of(setting, item)));
    return combined(each, list.place(), values -> new Value.Items(values, list.place()));
  }

  private List<Alternative> entries(Value.Entries mapping) {
    List<String> keys = new ArrayList<>(mapping.entries().keySet());
    List<List<Alternative>> each = new ArrayList<>();
    mapping.entries().forEach((key, entry) -> each.add(of(key, entry.value())));
    return combined(
        each,
        mapping.place(),
        values -> {
          Map<String, Value.Entry> entries = new LinkedHashMap<>(mapping.entries());
          for (int i = 0; i < keys.size(); i++) {
            Value value = values.get(i);
            entries.computeIfPresent(
                keys.get(i), (key, entry) -> new Value.Entry(entry.key(), value));
          }
          return new Value.Entries(entries, mapping.place());
        });
  }

  /** Every combination that agrees on shared dimensions. */
  private List<Alternative> combined(
      List<List<Alternative>> parts,
      Place place,
      java.util.function.Function<List<Value>, Value> join) {
    record Partial(SortedMap<String, String> dimensions, List<Value> values) {}
    List<Partial> partials = List.of(new Partial(NO_DIMENSIONS, List.of()));
    if (parts.stream().allMatch(part -> part.size() == 1 && part.get(0).dimensions().isEmpty())) {
      List<Value> values = parts.stream().map(part -> part.get(0).value()).toList();
      return List.of(new Alternative(NO_DIMENSIONS, join.apply(values)));
    }
    for (List<Alternative> part : parts) {
      Lineup<Alternative> lineup = new Lineup<>(part, Alternative::dimensions);
      List<Partial> next = new ArrayList<>();
      for (Partial partial : partials) {
        for (Alternative alternative : lineup.matching(partial.dimensions())) {
          SortedMap<String, String> joined =
              Lineup.join(partial.dimensions(), alternative.dimensions());
          List<Value> values = new ArrayList<>(partial.values());
          values.add(alternative.value());
          if (joined != null) {
            next.add(new Partial(joined, values));
          }
        }
        if (next.size() > MOST) {
          problems.add(place.problem("there are more than " + MOST + " combinations", ""));
          return List.of();
        }
      }
      partials = next;
    }
    return partials.stream()
        .map(partial -> new Alternative(partial.dimensions(), join.apply(partial.values())))
        .toList();
  }

  /** The stages that a value refers to, in order. */
  static Set<Value.Reference> references(Value value) {
    Set<Value.Reference> references = new LinkedHashSet<>();
    collect(value, references);
    return references;
  }

  /** Whether a part of a value could not be resolved. */
  static boolean hasUnknown(Value value) {
    if (value instanceof Value.Items list) {
      return list.items().stream().anyMatch(Alternatives::hasUnknown);
    }
    return value instanceof Value.Entries mapping
        ? mapping.entries().values().stream().anyMatch(entry -> hasUnknown(entry.value()))
        : value instanceof Value.Unknown;
  }

  private static void collect(Value value, Set<Value.Reference> references) {
    if (value instanceof Value.Reference reference) {
      references.add(reference);
    } else if (value instanceof Value.Items list) {
      list.items().forEach(item -> collect(item, references));
    } else if (value instanceof Value.Entries mapping) {
      mapping.entries().values().forEach(entry -> collect(entry.value(), references));
    }
  }
}
