package org.amalgam.runner.report;

import java.util.List;
import java.util.Map;

/**
 * What the report page shows; the template only lays it out.
 *
 * @param summary one sentence: how many stages, which verdicts, how long
 * @param problems one line for each stage that went wrong
 * @param images picture files of artifacts
 * @param breakdowns numbers in groups, such as accuracy by question type
 */
public record ReportPage(
    String title,
    String summary,
    List<String> problems,
    Map<String, String> facts,
    List<JudgedClaim> claims,
    List<FilledTable> tables,
    List<Figure> figures,
    List<Image> images,
    List<Breakdown> breakdowns,
    List<StageRow> stages,
    Map<String, String> environment,
    String recipe) {
  /** {@code 13 claims: 9 holds, 1 does not hold, 3 undecided}. */
  public String claimsSummary() {
    return ClaimsText.summary(claims);
  }

  /**
   * Charts of one stage.
   *
   * @param charts inline SVG, one for each quantity
   * @param legend the line names, in the order of the styles; empty for a single line
   */
  public record Figure(String stage, List<String> charts, List<String> legend) {}

  /** A picture as a data address. */
  public record Image(String caption, String data) {}

  /** A table of groups of numbers: one line a point. */
  public record Breakdown(String title, List<String> columns, List<Line> lines) {
    /** Cells as text, {@code -} where there is none. */
    public record Line(String label, List<String> cells) {}
  }

  /** One line of the list of stages. */
  public record StageRow(
      String point,
      String uses,
      String verdict,
      String time,
      String key,
      String artifact,
      String message) {}
}
