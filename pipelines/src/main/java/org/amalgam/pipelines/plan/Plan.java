package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.recipe.Claim;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.recipe.Table;
import org.amalgam.pipelines.recipe.TableEntry;
import org.amalgam.pipelines.stage.StageCatalog;
import org.jspecify.annotations.Nullable;

/** What a recipe asks for: points in an order in which inputs come first. */
public final class Plan {
  /** Checking a stage ends after so many: a mistake in a large grid is many problems. */
  static final int MOST_PROBLEMS = 1000;

  private final Recipe recipe;
  private final List<Point> points;
  private final List<PlannedTable> tables;
  private final List<Claim> claims;
  private final List<Problem> warnings;

  private Plan(
      Recipe recipe,
      List<Point> points,
      List<PlannedTable> tables,
      List<Claim> claims,
      List<Problem> warnings) {
    this.recipe = recipe;
    this.points = List.copyOf(points);
    this.tables = List.copyOf(tables);
    this.claims = List.copyOf(claims);
    this.warnings = Problem.sorted(warnings);
  }

  /**
   * Expands dimensions, checks every stage that the targets need, and orders the points.
   *
   * <p>A target is {@code name}, {@code name[alpha=0.5]}, {@code name[*]} or the name of a table or
   * claim; {@code +name} says that what it reads is wanted too (it always is), {@code name+} adds
   * all that reads from it.
   *
   * @param targets selectors; empty for every table of the recipe, or every stage where it has no
   *     tables
   * @throws RecipeException with all mistakes in what is asked for
   */
  public static Plan of(Recipe recipe, StageCatalog catalog, List<String> targets)
      throws RecipeException {
    Expansion expansion = Expansion.of(recipe, catalog);
    List<TablePlanner> planners =
        recipe.tableEntries().stream().map(entry -> new TablePlanner(entry, expansion)).toList();
    List<ClaimPlanner> claimed =
        recipe.claimEntries().stream()
            .map(entry -> new ClaimPlanner(entry, planners, recipe.isOverridden()))
            .toList();
    Targets asked = Targets.of(targets, expansion, recipe.tableEntries(), claimed);

    List<Problem> problems = new ArrayList<>(recipe.problems());
    List<Problem> warnings = new ArrayList<>();
    problems.addAll(asked.problems());
    expansion
        .stages()
        .forEach(
            (name, stage) ->
                (asked.stages().contains(name) ? problems : warnings).addAll(stage.problems()));
    for (TablePlanner planner : planners) {
      TableEntry entry = planner.entry();
      (asked.tables().contains(entry.table().name()) ? problems : warnings)
          .addAll(planner.problems());
    }
    for (ClaimPlanner claim : claimed) {
      (asked.needs(claim) ? problems : warnings).addAll(claim.problems());
    }
    if (!problems.isEmpty()) {
      throw new RecipeException(problems);
    }
    List<Point> points = asked.points(planners);
    warnings.addAll(VolatileValues.warnings(points));
    List<PlannedTable> tables =
        planners.stream()
            .filter(planner -> planner.problems().isEmpty())
            .map(planner -> planner.fill(points))
            .filter(
                table ->
                    table.rows().stream()
                        .flatMap(row -> row.cells().stream())
                        .anyMatch(cell -> !cell.points().isEmpty()))
            .toList();
    List<String> filled = tables.stream().map(table -> table.table().name()).toList();
    List<Claim> claims =
        claimed.stream()
            .filter(claim -> claim.problems().isEmpty())
            .map(ClaimPlanner::claim)
            .filter(claim -> claim.cells().anyMatch(cell -> filled.contains(cell.table())))
            .toList();
    return new Plan(recipe, points, tables, claims, warnings);
  }

  public Recipe recipe() {
    return recipe;
  }

  /** Inputs before what reads them; otherwise in the recipe's order. */
  public List<Point> points() {
    return points;
  }

  /**
   * Mistakes in parts of the recipe that the targets do not need, and values that look as if they
   * were others tomorrow.
   */
  public List<Problem> warnings() {
    return warnings;
  }

  /** The tables of which at least one cell can be filled from this plan's points. */
  public List<PlannedTable> tables() {
    return tables;
  }

  /** The claims of which at least one cell is in one of {@link #tables}. */
  public List<Claim> claims() {
    return claims;
  }

  /** A table with its rows expanded. */
  public record PlannedTable(Table table, List<PlannedRow> rows) {
    /** The points of the cell with these labels; none if there is no such cell. */
    List<Point> points(String row, String column) {
      for (PlannedRow planned : rows) {
        for (int i = 0; i < planned.cells().size(); i++) {
          if (planned.label().equals(row) && table.columns().get(i).label().equals(column)) {
            return planned.cells().get(i).points();
          }
        }
      }
      return List.of();
    }
  }

  /**
   * One cell per column.
   *
   * @param template the label as the recipe writes it, braces and all
   */
  public record PlannedRow(String label, String template, List<Cell> cells) {}

  /**
   * @param points the point of this cell, one for each replicate; empty if the row has none
   * @param printed the paper's value
   */
  public record Cell(List<Point> points, @Nullable Double printed) {}
}
