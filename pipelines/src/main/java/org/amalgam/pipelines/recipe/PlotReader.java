package org.amalgam.pipelines.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what stands below {@code plot} in a table. */
final class PlotReader {
  private static final List<String> KEYS = List.of("x", "label", "lines", "columns", "at");

  private final List<Problem> problems;
  private final Expected expected;
  private final List<String> rows;
  private final List<String> columns;

  /**
   * @param rows labels of the table's rows
   * @param columns labels of its columns
   */
  PlotReader(List<Problem> problems, List<String> rows, List<String> columns) {
    this.problems = problems;
    this.expected = new Expected(problems);
    this.rows = rows;
    this.columns = columns;
  }

  @Nullable Plot read(Value value) {
    Value.Entries entries = expected.mapping("plot", value);
    if (entries == null) {
      return null;
    }
    expected.keys("plot", entries, KEYS);
    Value axis = entries.get("x");
    if (axis == null) {
      problems.add(entries.place().problem("plot has no x", "add x: the dimension of the axis"));
    }
    String x = axis == null ? null : expected.text("x", axis);
    if (x == null) {
      return null;
    }
    Value named = entries.get("label");
    String label = named == null ? x : expected.text("label", named);
    return new Plot(x, label == null ? x : label, lines(entries), drawn(entries), at(entries));
  }

  private Map<String, List<String>> lines(Value.Entries entries) {
    Map<String, List<String>> lines = new LinkedHashMap<>();
    Value value = entries.get("lines");
    Value.Entries named = value == null ? null : expected.mapping("lines", value);
    if (value == null) {
      problems.add(
          entries
              .place()
              .problem("plot has no lines", "add lines: {NAME: [\"" + first(rows) + "\"]}"));
    }
    if (named != null) {
      named
          .entries()
          .forEach((line, entry) -> lines.put(line, known("lines", entry.value(), rows, "rows")));
    }
    return lines;
  }

  private List<String> drawn(Value.Entries entries) {
    Value value = entries.get("columns");
    return value == null ? columns : known("columns", value, columns, "columns");
  }

  private Map<String, String> at(Value.Entries entries) {
    Map<String, String> at = new LinkedHashMap<>();
    Value value = entries.get("at");
    Value.Entries places = value == null ? null : expected.mapping("at", value);
    if (places != null) {
      places
          .entries()
          .forEach(
              (row, entry) -> {
                if (check(row, entry.key(), rows, "rows")
                    && entry.value() instanceof Value.Scalar scalar
                    && scalar.value() != null) {
                  at.put(row, Labels.of(scalar.value()));
                }
              });
    }
    return at;
  }

  private List<String> known(String key, Value value, List<String> among, String what) {
    List<Value> list = expected.list(key, value);
    List<String> names = new ArrayList<>();
    for (Value one : list == null ? List.<Value>of() : list) {
      String name = expected.text(key, one);
      if (name != null && check(name, one.place(), among, what)) {
        names.add(name);
      }
    }
    return names;
  }

  private boolean check(String name, Place place, List<String> among, String what) {
    if (!among.contains(name)) {
      String one = what.substring(0, what.length() - 1);
      problems.add(
          place.problem(
              "the table has no " + one + " " + name, Suggestion.among(name, among, what)));
    }
    return among.contains(name);
  }

  private static String first(List<String> names) {
    return names.isEmpty() ? "row" : names.get(0);
  }
}
