package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.amalgam.pipelines.plan.Plan.Cell;
import org.amalgam.pipelines.plan.Plan.PlannedRow;
import org.amalgam.pipelines.plan.Plan.PlannedTable;
import org.amalgam.pipelines.recipe.Labels;
import org.amalgam.pipelines.recipe.Place;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Selection;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.pipelines.recipe.Table;
import org.amalgam.pipelines.recipe.TableEntry;
import org.jspecify.annotations.Nullable;

/** Checks a table against the stages that it reads, and fills it with points. */
final class TablePlanner {
  private static final Pattern NAMED = Pattern.compile("\\{([A-Za-z0-9_][A-Za-z0-9_-]*)\\}");

  private final TableEntry entry;
  private final Table table;
  private final Expansion expansion;
  private final List<Problem> problems;
  private final boolean isBlocked;
  private @Nullable PlannedTable whole;

  TablePlanner(TableEntry entry, Expansion expansion) {
    this.entry = entry;
    this.table = entry.table();
    this.expansion = expansion;
    this.problems = new ArrayList<>(entry.problems());
    boolean blocked = false;
    for (int i = 0; i < table.columns().size(); i++) {
      String name = table.columns().get(i).stage();
      Expansion.Stage stage = expansion.stages().get(name);
      blocked |= stage == null || stage.isBroken();
      if (stage == null) {
        problems.add(
            entry
                .columns()
                .get(i)
                .problem(
                    "there is no stage " + name,
                    Suggestion.among(name, expansion.stages().keySet(), "stages")));
      }
    }
    isBlocked = blocked;
    if (!isBlocked && problems.isEmpty()) {
      check();
    }
  }

  TableEntry entry() {
    return entry;
  }

  List<Problem> problems() {
    return problems;
  }

  /** Whether its cells can be named. */
  boolean isSound() {
    return !isBlocked && problems.isEmpty();
  }

  private void check() {
    Map<String, List<Point>> byStage = expansion.pointsByStage();
    List<PlannedRow> all = new ArrayList<>();
    for (int i = 0; i < table.rows().size(); i++) {
      List<PlannedRow> rows = rows(table.rows().get(i), byStage);
      checkRow(table.rows().get(i), rows, entry.rows().get(i));
      all.addAll(rows);
    }
    whole = new PlannedTable(table, List.copyOf(all));
    for (int i = 0; i < table.columns().size(); i++) {
      Table.Column column = table.columns().get(i);
      SortedMap<String, String> where = labels(column.where());
      List<Point> points = pointsOf(column);
      if (points.stream().noneMatch(point -> Selection.matches(where, point.dimensions()))) {
        problems.add(
            entry
                .columns()
                .get(i)
                .problem(
                    "no point of "
                        + column.stage()
                        + " is "
                        + Selection.name(column.stage(), where),
                    Collector.hint(points, where)));
      }
    }
    for (Map.Entry<String, Place> printed : entry.printed().entrySet()) {
      boolean known =
          table.rows().stream()
              .anyMatch(row -> template(row.label()).matcher(printed.getKey()).matches());
      if (!known) {
        problems.add(
            printed
                .getValue()
                .problem(
                    "the table " + table.name() + " has no row " + printed.getKey(),
                    Suggestion.among(
                        printed.getKey(),
                        table.rows().stream().map(Table.Row::label).toList(),
                        "rows")));
      }
    }
  }

  private void checkRow(Table.Row row, List<PlannedRow> rows, Place place) {
    SortedMap<String, String> where = wanted(row);
    List<Point> all =
        table.columns().stream().flatMap(column -> pointsOf(column).stream()).toList();
    if (all.stream().noneMatch(point -> Selection.matches(where, point.dimensions()))) {
      problems.add(
          place.problem(
              "the row \"" + row.label() + "\" matches no point", Collector.hint(all, where)));
      return;
    }
    for (PlannedRow planned : rows) {
      for (int i = 0; i < planned.cells().size(); i++) {
        List<Point> points = planned.cells().get(i).points();
        Set<String> open = differing(points);
        open.remove(Alternatives.REPLICATE);
        if (!open.isEmpty()) {
          problems.add(
              place.problem(
                  "the row \""
                      + planned.label()
                      + "\" has "
                      + points.size()
                      + " points for "
                      + table.columns().get(i).label()
                      + ", such as "
                      + points.get(0).name()
                      + " and "
                      + points.get(1).name(),
                  "fix "
                      + String.join(", ", open)
                      + " in where, or name it in the label as {"
                      + open.iterator().next()
                      + "}"));
          return;
        }
      }
    }
  }

  private static Set<String> differing(List<Point> points) {
    Set<String> names = new TreeSet<>();
    for (Point point : points) {
      for (Point other : List.of(points.get(0))) {
        Set<String> both = new TreeSet<>(point.dimensions().keySet());
        both.addAll(other.dimensions().keySet());
        for (String name : both) {
          if (!java.util.Objects.equals(
              point.dimensions().get(name), other.dimensions().get(name))) {
            names.add(name);
          }
        }
      }
    }
    return names;
  }

  /** The table with cells from all points of the recipe. */
  PlannedTable fillAll() {
    PlannedTable known = whole;
    if (known == null) {
      known = fill(expansion.points());
      whole = known;
    }
    return known;
  }

  /** The table with cells from some of the points. */
  PlannedTable fill(List<Point> points) {
    List<PlannedRow> rows = new ArrayList<>();
    if (!isBlocked) {
      Map<String, List<Point>> byStage = new LinkedHashMap<>();
      points.forEach(
          point -> byStage.computeIfAbsent(point.stage(), key -> new ArrayList<>()).add(point));
      table.rows().forEach(row -> rows.addAll(rows(row, byStage)));
    }
    return new PlannedTable(table, List.copyOf(rows));
  }

  private List<PlannedRow> rows(Table.Row row, Map<String, List<Point>> byStage) {
    SortedMap<String, String> where = labels(row.where());
    SortedMap<String, String> wanted = wanted(row);
    // A row for each combination of labels of the dimensions that its label names.
    Set<SortedMap<String, String>> combinations = new LinkedHashSet<>();
    if (wanted.size() == where.size()) {
      combinations.add(where);
    }
    List<Map<SortedMap<String, String>, List<Point>>> columns = new ArrayList<>();
    for (Table.Column column : table.columns()) {
      SortedMap<String, String> both = Lineup.join(labels(column.where()), where);
      List<Point> points =
          both == null
              ? List.of()
              : byStage.getOrDefault(column.stage(), List.of()).stream()
                  .filter(point -> Selection.matches(both, point.dimensions()))
                  .toList();
      Map<SortedMap<String, String>, List<Point>> byCombination = new LinkedHashMap<>();
      for (Point point : points) {
        if (point.dimensions().keySet().containsAll(wanted.keySet())) {
          SortedMap<String, String> combination = new TreeMap<>(point.dimensions());
          combination.keySet().retainAll(wanted.keySet());
          byCombination.computeIfAbsent(combination, key -> new ArrayList<>()).add(point);
        }
      }
      columns.add(byCombination);
      combinations.addAll(byCombination.keySet());
    }
    List<PlannedRow> rows = new ArrayList<>();
    for (SortedMap<String, String> combination : combinations) {
      String label =
          NAMED
              .matcher(row.label())
              .replaceAll(
                  found ->
                      Matcher.quoteReplacement(
                          combination.getOrDefault(found.group(1), found.group())));
      List<Cell> cells = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        List<Point> points = points(columns.get(i), combination);
        Double printed =
            table.paper().getOrDefault(label, Map.of()).get(table.columns().get(i).label());
        cells.add(new Cell(points, printed));
      }
      rows.add(new PlannedRow(label, row.label(), List.copyOf(cells)));
    }
    return rows;
  }

  /** The points of a column that are of a combination, which may have any label somewhere. */
  private static List<Point> points(
      Map<SortedMap<String, String>, List<Point>> column, SortedMap<String, String> combination) {
    if (!combination.containsValue("*")) {
      return List.copyOf(column.getOrDefault(combination, List.of()));
    }
    return column.values().stream()
        .flatMap(List::stream)
        .filter(point -> Selection.matches(combination, point.dimensions()))
        .toList();
  }

  /** The conditions of a row, with any label for the dimensions that its own label names. */
  private static SortedMap<String, String> wanted(Table.Row row) {
    SortedMap<String, String> wanted = labels(row.where());
    Matcher named = NAMED.matcher(row.label());
    while (named.find()) {
      wanted.putIfAbsent(named.group(1), "*");
    }
    return wanted;
  }

  private static SortedMap<String, String> labels(Map<String, Object> where) {
    SortedMap<String, String> labels = new TreeMap<>();
    where.forEach((name, value) -> labels.put(name, Labels.of(value)));
    return labels;
  }

  private static Pattern template(String label) {
    StringBuilder pattern = new StringBuilder();
    int end = 0;
    Matcher named = NAMED.matcher(label);
    while (named.find()) {
      pattern.append(Pattern.quote(label.substring(end, named.start()))).append(".+");
      end = named.end();
    }
    return Pattern.compile(pattern + Pattern.quote(label.substring(end)));
  }

  private List<Point> pointsOf(Table.Column column) {
    Expansion.Stage stage = expansion.stages().get(column.stage());
    return stage == null ? List.of() : stage.points();
  }
}
