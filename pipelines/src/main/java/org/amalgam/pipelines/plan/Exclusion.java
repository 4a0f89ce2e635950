package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Selection;
import org.amalgam.pipelines.recipe.StageEntry;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.pipelines.recipe.Value;

/** Takes out what a stage's {@code exclude} names: a list of {@code {dimension: label}}. */
record Exclusion(StageEntry entry, List<Problem> problems) {
  <T> List<T> from(List<T> points, Function<T, SortedMap<String, String>> dimensions) {
    if (entry.exclude().isEmpty()) {
      return points;
    }
    Set<String> names = new TreeSet<>();
    points.forEach(point -> names.addAll(dimensions.apply(point).keySet()));
    List<Lineup<SortedMap<String, String>>> excluded = new ArrayList<>();
    for (Value value : entry.exclude()) {
      SortedMap<String, String> where = where(value, names);
      if (!where.isEmpty()) {
        if (points.stream().noneMatch(p -> Selection.matches(where, dimensions.apply(p)))) {
          problems.add(
              value
                  .place()
                  .problem(
                      "exclude: the stage " + entry.name() + " has no such point",
                      "take it out, or correct its labels"));
        }
        excluded.add(new Lineup<>(List.of(where), Function.identity()));
      }
    }
    return points.stream()
        .filter(
            point -> {
              SortedMap<String, String> own = dimensions.apply(point);
              return excluded.stream()
                  .noneMatch(
                      lineup ->
                          lineup.matching(own).stream()
                              .anyMatch(where -> own.keySet().containsAll(where.keySet())));
            })
        .toList();
  }

  private SortedMap<String, String> where(Value value, Set<String> names) {
    SortedMap<String, String> where = new TreeMap<>();
    if (!(value instanceof Value.Entries conditions)) {
      problems.add(
          value
              .place()
              .problem(
                  "exclude: expected a mapping, found " + value.described(),
                  "write exclude: [{dimension: label}]"));
      return where;
    }
    conditions
        .entries()
        .forEach(
            (dimension, condition) -> {
              String label = StageExpansion.label(condition.value());
              if (!names.contains(dimension)) {
                problems.add(
                    condition
                        .key()
                        .problem(
                            "the stage " + entry.name() + " has no dimension " + dimension,
                            Suggestion.among(dimension, names, "dimensions")));
              } else if (label == null) {
                problems.add(
                    condition
                        .value()
                        .place()
                        .problem(
                            "exclude: expected a label, found " + condition.value().described(),
                            ""));
              } else {
                where.put(dimension, label);
              }
            });
    return where;
  }
}
