package org.amalgam.pipelines.plan;

import java.util.List;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.recipe.Table;
import org.amalgam.pipelines.stage.StageCatalog;
import org.jspecify.annotations.Nullable;

/** What a recipe asks for: points in an order in which inputs come first. */
public final class Plan {
  /**
   * Expands dimensions, checks every stage that the targets need, and orders the points.
   *
   * @param targets selectors; empty for every stage and table of the recipe
   * @throws RecipeException with all mistakes in what is asked for
   */
  public static Plan of(Recipe recipe, StageCatalog catalog, List<String> targets)
      throws RecipeException {
    throw new UnsupportedOperationException("STUB");
  }

  public Recipe recipe() {
    throw new UnsupportedOperationException("STUB");
  }

  /** Inputs before what reads them; otherwise in the recipe's order. */
  public List<Point> points() {
    throw new UnsupportedOperationException("STUB");
  }

  /** Mistakes in parts of the recipe that the targets do not need. */
  public List<Problem> warnings() {
    throw new UnsupportedOperationException("STUB");
  }

  /** The tables that can be filled from this plan's points. */
  public List<PlannedTable> tables() {
    throw new UnsupportedOperationException("STUB");
  }

  /** A table with its rows expanded. */
  public record PlannedTable(Table table, List<PlannedRow> rows) {}

  /** One cell per column. */
  public record PlannedRow(String label, List<Cell> cells) {}

  /**
   * @param points the point of this cell, one for each replicate; empty if the row has none
   * @param printed the paper's value
   */
  public record Cell(List<Point> points, @Nullable Double printed) {}
}
