package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Selection;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.pipelines.recipe.Value;
import org.jspecify.annotations.Nullable;

/** Follows references to points, and collects all points of a reference for a list port. */
final class Collector {
  private static final int MOST = 10_000_000;

  private final Map<String, Expansion.Stage> known;
  private final List<Problem> problems;
  private final Map<Value.Reference, Lineup<Point>> lineups = new LinkedHashMap<>();
  private int collected;

  Collector(Map<String, Expansion.Stage> known, List<Problem> problems) {
    this.known = known;
    this.problems = problems;
  }

  /** The points of the references in a value that agree with a reader's dimensions. */
  List<Point> collect(Setting port, @Nullable Value value, SortedMap<String, String> dimensions) {
    List<Point> points = new ArrayList<>();
    if (value == null || collected > MOST) {
      return points;
    }
    for (Value.Reference reference : Alternatives.references(value)) {
      Lineup<Point> lineup = lineups.get(reference);
      if (lineup == null) {
        lineup = new Lineup<>(matching(known, reference, problems), p -> inherited(p, reference));
        lineups.put(reference, lineup);
      }
      points.addAll(lineup.matching(dimensions));
    }
    if (points.isEmpty()) {
      problems.add(
          value
              .place()
              .problem(
                  port.name() + ": no point matches " + Selection.name("this", dimensions), ""));
    }
    collected += points.size();
    if (collected > MOST) {
      problems.add(
          value.place().problem(port.name() + " collects more than " + MOST + " points", ""));
    }
    return points;
  }

  /** The points that a reference picks; a problem if it picks none. */
  static List<Point> matching(
      Map<String, Expansion.Stage> known, Value.Reference reference, List<Problem> problems) {
    Expansion.Stage stage = known.get(reference.stage());
    if (stage == null) {
      return List.of();
    }
    if (reference.where().isEmpty()) {
      return stage.points();
    }
    List<Point> picked =
        stage.points().stream()
            .filter(point -> Selection.matches(reference.where(), point.dimensions()))
            .toList();
    if (picked.isEmpty() && !stage.isBroken()) {
      problems.add(
          reference.place().problem(noPoint(reference), hint(stage.points(), reference.where())));
    }
    return picked;
  }

  private static String noPoint(Value.Reference reference) {
    return "the stage " + reference.stage() + " has no point " + reference.label();
  }

  /** What is wrong with conditions that no point fulfils. */
  static String hint(List<Point> points, SortedMap<String, String> where) {
    Map<String, Set<String>> labels = new TreeMap<>();
    for (Point point : points) {
      point
          .dimensions()
          .forEach(
              (name, label) -> labels.computeIfAbsent(name, key -> new TreeSet<>()).add(label));
    }
    for (Map.Entry<String, String> condition : where.entrySet()) {
      Set<String> there = labels.get(condition.getKey());
      if (there == null) {
        return Suggestion.among(condition.getKey(), labels.keySet(), "dimensions");
      }
      if (!condition.getValue().equals("*") && !there.contains(condition.getValue())) {
        return Suggestion.among(condition.getValue(), there, "labels of " + condition.getKey());
      }
    }
    return "these labels do not occur together";
  }

  /** What a reader inherits: all dimensions but those that the reference picks one label of. */
  static SortedMap<String, String> inherited(Point point, Value.Reference reference) {
    if (reference.where().isEmpty()) {
      return point.dimensions();
    }
    SortedMap<String, String> inherited = new TreeMap<>(point.dimensions());
    reference
        .where()
        .forEach(
            (name, label) -> {
              if (!label.equals("*")) {
                inherited.remove(name);
              }
            });
    return inherited;
  }
}
