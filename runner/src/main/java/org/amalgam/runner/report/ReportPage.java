package org.amalgam.runner.report;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the report page shows; the template only lays it out.
 *
 * @param summary one sentence: how many stages, which verdicts, how long
 * @param problems one line for each stage that went wrong
 * @param plots tables drawn as their recipe says
 * @param scatters what was correlated with what
 * @param graph the stages and what they read, as SVG
 * @param curves training curves
 * @param images picture files of artifacts
 * @param sheets pictures that predictions cut their tiles from
 * @param predictions stage to some of its points with examples
 * @param chance stage to what guessing is worth there
 * @param breakdowns numbers in groups, such as accuracy by question type
 * @param stages stage to its points
 * @param costs what the run took, and what the paper's scale would
 * @param recipes file to text, the recipe's own first, then what it includes
 */
public record ReportPage(
    String title,
    String summary,
    List<String> problems,
    Map<String, String> facts,
    List<JudgedClaim> claims,
    List<FilledTable> tables,
    List<Figure> plots,
    List<Figure> scatters,
    String graph,
    List<Figure> curves,
    List<Image> images,
    List<PredictionSheets.Sheet> sheets,
    Map<String, List<PredictionSheets.OfPoint>> predictions,
    Map<String, String> chance,
    List<Breakdown> breakdowns,
    Map<String, List<StageRow>> stages,
    Map<String, String> environment,
    Map<String, String> costs,
    Map<String, String> recipes) {

  /** Verdict to how many claims have it, worst last. */
  public Map<ClaimVerdict, Long> verdicts() {
    return claims.stream()
        .collect(
            Collectors.groupingBy(
                JudgedClaim::verdict,
                () -> new EnumMap<>(ClaimVerdict.class),
                Collectors.counting()));
  }

  /** How many points the run has. */
  public int points() {
    return stages.values().stream().mapToInt(List::size).sum();
  }

  /** The row of a point where the page has one. */
  public @Nullable StageRow row(String anchor) {
    return stages.values().stream()
        .flatMap(List::stream)
        .filter(row -> row.anchor().equals(anchor))
        .findFirst()
        .orElse(null);
  }

  /**
   * Charts that belong together.
   *
   * @param charts inline SVG, one for each quantity, or a group of them
   * @param legend the line names, in the order of the styles; empty for a single line
   * @param anchor where on the page its numbers are
   */
  public record Figure(String title, List<String> charts, List<String> legend, String anchor) {}

  /** A picture as a data address. */
  public record Image(String caption, String data) {}

  /** A table of groups of numbers: one line a point. */
  public record Breakdown(String title, List<String> columns, List<Line> lines) {
    /** Cells as text, {@code -} where there is none. */
    public record Line(String label, List<String> cells) {}
  }

  /**
   * One line of the list of stages.
   *
   * @param log path below the store
   */
  public record StageRow(
      String point,
      String anchor,
      String uses,
      String verdict,
      String time,
      String key,
      String artifact,
      String log,
      String message) {
    private static final int START = 12;

    /** Enough of the artifact's digest to tell it from others. */
    public String artifactStart() {
      return artifact.substring(0, Math.min(START, artifact.length()));
    }

    /** Enough of the key to tell it from others. */
    public String keyStart() {
      return key.substring(0, Math.min(START, key.length()));
    }
  }
}
