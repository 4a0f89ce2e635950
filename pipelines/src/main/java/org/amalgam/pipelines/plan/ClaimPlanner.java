package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.amalgam.pipelines.plan.Plan.PlannedTable;
import org.amalgam.pipelines.recipe.Claim;
import org.amalgam.pipelines.recipe.ClaimEntry;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Quantity;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.pipelines.recipe.Table;

/** Checks a claim against the tables whose cells it names. */
final class ClaimPlanner {
  private final ClaimEntry entry;
  private final List<Problem> problems;
  private final Map<String, PlannedTable> tables = new LinkedHashMap<>();
  private final List<String> known;

  /**
   * @param all the recipe's tables
   * @param overridden whether rows may be missing because a grid was given other values
   */
  ClaimPlanner(ClaimEntry entry, List<TablePlanner> all, boolean overridden) {
    this.entry = entry;
    this.problems = new ArrayList<>(entry.problems());
    known = all.stream().map(table -> table.entry().table().name()).toList();
    for (ClaimEntry.NamedCell named : entry.cells()) {
      TablePlanner planner =
          all.stream()
              .filter(table -> table.entry().table().name().equals(named.cell().table()))
              .findFirst()
              .orElse(null);
      if (planner == null) {
        problems.add(
            named
                .place()
                .problem(
                    "there is no table " + named.cell().table(),
                    Suggestion.among(named.cell().table(), known, "tables")));
      } else if (planner.isSound()) {
        // A table with mistakes has told them itself.
        PlannedTable table = tables.computeIfAbsent(named.cell().table(), key -> planner.fillAll());
        check(named, table, overridden);
      }
    }
  }

  private void check(ClaimEntry.NamedCell named, PlannedTable table, boolean overridden) {
    String what = "the table " + table.table().name() + " has no ";
    List<String> rows = table.rows().stream().map(Plan.PlannedRow::label).toList();
    List<String> columns = table.table().columns().stream().map(Table.Column::label).toList();
    if (!rows.contains(named.cell().row())) {
      // Under other values the recipe's own rows are no mistake: such a claim is not measured.
      if (!overridden) {
        problems.add(
            named
                .place()
                .problem(
                    what + "row " + named.cell().row(),
                    Suggestion.among(named.cell().row(), rows, "rows")));
      }
    } else if (!columns.contains(named.cell().column())) {
      problems.add(
          named
              .place()
              .problem(
                  what + "column " + named.cell().column(),
                  Suggestion.among(named.cell().column(), columns, "columns")));
    }
  }

  /** Whether any of its cells is of a table that there is. */
  boolean namesATable() {
    return claim().cells().anyMatch(cell -> known.contains(cell.table()));
  }

  Claim claim() {
    return entry.claim();
  }

  List<Problem> problems() {
    return problems;
  }

  /** The points of all its cells. */
  Stream<Point> points() {
    return claim().cells().flatMap(this::points);
  }

  private Stream<Point> points(Quantity.Cell cell) {
    PlannedTable table = tables.get(cell.table());
    return table == null ? Stream.of() : table.points(cell.row(), cell.column()).stream();
  }

  /** The stages of the columns that it reads. */
  Stream<String> stages() {
    return claim()
        .cells()
        .flatMap(
            cell -> {
              PlannedTable table = tables.get(cell.table());
              return table == null
                  ? Stream.of()
                  : table.table().columns().stream()
                      .filter(column -> column.label().equals(cell.column()))
                      .map(Table.Column::stage);
            });
  }
}
