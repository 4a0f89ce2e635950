package org.amalgam.pipelines.recipe;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of a recipe: rows select points by their dimensions, columns read a metric of them.
 *
 * @param paper the printed values: row label to column label to value, in the paper's unit
 * @param paperCaption what the printed values are, such as "Table 1, ViT-B/16, COCO"; may be empty
 * @param sameScale whether they are the very quantity of ours, so that numbers can be compared;
 *     else only the order can
 * @param plot how it is drawn; null where it is not
 */
public record Table(
    String name,
    String title,
    String note,
    List<Row> rows,
    List<Column> columns,
    Map<String, Map<String, Double>> paper,
    String paperCaption,
    boolean sameScale,
    @Nullable Plot plot) {
  /**
   * Rows: one for each combination of the dimensions that {@code where} leaves open and the label
   * names in braces ({@code "ours, alpha {alpha}"}).
   */
  public record Row(String label, Map<String, Object> where) {}

  /**
   * @param stage the stage whose points are read
   * @param metric dotted path into its metrics.json
   * @param prior dotted path of the chance level or prior shown beside it, if any
   */
  public record Column(
      String label,
      String stage,
      Map<String, Object> where,
      String metric,
      @Nullable String prior) {}
}
