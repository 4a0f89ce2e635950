package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.amalgam.pipelines.plan.Plan.Cell;
import org.amalgam.pipelines.plan.Plan.PlannedRow;
import org.amalgam.pipelines.plan.Plan.PlannedTable;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.recipe.Table;
import org.jspecify.annotations.Nullable;

/** A table with the numbers of a run in it. */
public record FilledTable(Table table, List<FilledRow> rows) {
  /**
   * One cell per column.
   *
   * @param template the label as the recipe writes it, braces and all
   */
  public record FilledRow(String label, String template, List<FilledCell> cells) {
    /** The label of a dimension that its points share; empty where they have none. */
    String dimension(String name) {
      return cells.stream()
          .flatMap(cell -> cell.points().stream())
          .map(point -> point.dimensions().getOrDefault(name, ""))
          .filter(label -> !label.isEmpty())
          .findFirst()
          .orElse("");
    }
  }

  /**
   * A cell.
   *
   * @param points where its values come from, one for each replicate
   * @param values one for each replicate that has one
   * @param replicates the labels of these replicates, empty where the seed does not matter
   * @param priors the chance levels beside them
   * @param printed the paper's value; of another scale than ours unless the table says otherwise
   * @param missing why there is no value; empty if there is
   */
  public record FilledCell(
      List<Point> points,
      List<Double> values,
      List<String> replicates,
      List<Double> priors,
      @Nullable Double printed,
      String missing) {
    private Stream<Double> all() {
      Stream<Double> ours = Stream.concat(values.stream(), priors.stream());
      return printed == null ? ours : Stream.concat(ours, Stream.of(printed));
    }

    /** The arithmetic mean; meaningful only where there are values. */
    public double mean() {
      return values.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
    }

    /** The sample standard deviation (n - 1); 0 for fewer than two values. */
    public double spread() {
      double mean = mean();
      double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
      return values.size() < 2 ? 0 : Math.sqrt(squares / (values.size() - 1));
    }
  }

  /** Fills a planned table from what a run left in the store. */
  static FilledTable of(PlannedTable planned, RunResults results) {
    List<FilledRow> rows = new ArrayList<>();
    for (PlannedRow row : planned.rows()) {
      List<FilledCell> cells = new ArrayList<>();
      for (int c = 0; c < row.cells().size(); c++) {
        cells.add(fill(row.cells().get(c), planned.table().columns().get(c), results));
      }
      rows.add(new FilledRow(row.label(), row.template(), cells));
    }
    return new FilledTable(planned.table(), rows);
  }

  private static FilledCell fill(Cell cell, Table.Column column, RunResults results) {
    List<Double> values = new ArrayList<>();
    List<String> replicates = new ArrayList<>();
    List<Double> priors = new ArrayList<>();
    TreeSet<String> missing = new TreeSet<>();
    for (Point point : cell.points()) {
      Metrics metrics = results.metrics(point).orElse(null);
      if (metrics == null) {
        missing.add(results.whyMissing(point));
        continue;
      }
      metrics
          .number(column.metric())
          .ifPresentOrElse(
              value -> {
                values.add(value);
                replicates.add(point.replicate());
              },
              () -> missing.add(point.name() + " has no metric " + column.metric()));
      if (column.prior() != null) {
        metrics.number(column.prior()).ifPresent(priors::add);
      }
    }
    if (cell.points().isEmpty()) {
      missing.add("no point of " + column.stage() + " belongs here");
    }
    String why = values.isEmpty() ? String.join("; ", missing) : "";
    return new FilledCell(cell.points(), values, replicates, priors, cell.printed(), why);
  }

  /** Whether anything is printed in the paper for it. */
  public boolean hasPrinted() {
    return rows.stream().flatMap(row -> row.cells().stream()).anyMatch(c -> c.printed() != null);
  }

  /** {@code prior 37.10}, {@code prior 25.00 to 37.10}, or empty. */
  public String prior(int column) {
    double[] priors =
        rows.stream()
            .flatMap(row -> row.cells().get(column).priors().stream())
            .mapToDouble(v -> v)
            .sorted()
            .toArray();
    if (priors.length == 0) {
      return "";
    }
    String least = number(column, priors[0]);
    String most = number(column, priors[priors.length - 1]);
    return "prior " + (least.equals(most) ? least : least + " to " + most);
  }

  /**
   * Our value, {@code 61.20}, or mean and half of the 95 % interval over replicates, {@code 61.20 ±
   * 0.41}, or {@code -}.
   */
  public String ours(int row, int column) {
    FilledCell cell = rows.get(row).cells().get(column);
    if (cell.values().isEmpty()) {
      return "-";
    }
    Interval interval = Interval.of(cell.values());
    String mean = number(column, interval.mean());
    return interval.isBounded() ? mean + " ± " + number(column, interval.half()) : mean;
  }

  /** The largest number of replicates that a cell has. */
  public int replicates() {
    return rows.stream()
        .flatMap(row -> row.cells().stream())
        .mapToInt(cell -> cell.values().size())
        .max()
        .orElse(0);
  }

  /** What stands behind ±; empty where no cell has an interval. */
  public String intervalNote() {
    return replicates() < 2
        ? ""
        : "± is half of the 95 % interval of the mean (Student's t) over "
            + replicates()
            + " replicates";
  }

  /** The paper's value as it prints it, or {@code -}. */
  public String printed(int row, int column) {
    Double printed = rows.get(row).cells().get(column).printed();
    return printed == null ? "-" : number(column, printed);
  }

  /** Two decimals; four where a whole column stays below 1.5, as similarities do. */
  private String number(int column, double value) {
    double largest =
        rows.stream()
            .map(row -> row.cells().get(column))
            .flatMap(FilledCell::all)
            .mapToDouble(Math::abs)
            .max()
            .orElse(Math.abs(value));
    return String.format(Locale.ROOT, largest > 0 && largest < 1.5 ? "%.4f" : "%.2f", value);
  }

  /** Reason of a missing value to its mark, {@code a}, {@code b}, in the order of the cells. */
  public Map<String, String> footnotes() {
    Map<String, String> notes = new LinkedHashMap<>();
    for (FilledRow row : rows) {
      for (FilledCell cell : row.cells()) {
        if (!cell.missing().isEmpty()) {
          notes.putIfAbsent(cell.missing(), mark(notes.size()));
        }
      }
    }
    return notes;
  }

  private static String mark(int index) {
    String letter = String.valueOf((char) ('a' + index % 26));
    return letter.repeat(index / 26 + 1);
  }

  /** The mark of a cell's footnote, or empty. */
  public String mark(int row, int column) {
    String missing = rows.get(row).cells().get(column).missing();
    return missing.isEmpty() ? "" : Objects.requireNonNullElse(footnotes().get(missing), "");
  }

  /** What the second block is, in so many words. */
  public String printedCaption() {
    String caption = table.paperCaption();
    return "Printed in the paper"
        + (caption.isEmpty() ? "" : " (" + caption + ")")
        + (table.sameScale()
            ? ": the same quantity, compare the numbers"
            : ": another scale, compare the order and not the numbers");
  }

  /** {@code same} where printed numbers are of our quantity, else {@code other}. */
  public String scale() {
    return table.sameScale() ? "same" : "other";
  }

  /** Whether the paper prints anything in a column. */
  public boolean hasPrinted(int column) {
    return rows.stream().anyMatch(row -> row.cells().get(column).printed() != null);
  }

  /** The order of a column's rows beside the printed one. */
  public ColumnOrder order(int column) {
    return new ColumnOrder(rows, column);
  }

  /** Whether the order of at least one column can be compared. */
  public boolean hasOrder() {
    return java.util.stream.IntStream.range(0, table.columns().size())
        .anyMatch(column -> !order(column).pairs().isEmpty());
  }

  /** What a cell says where one points at it. */
  public String says(int row, int column) {
    String name = rows.get(row).label() + " / " + table.columns().get(column).label();
    String agreement = order(column).agreement(row).toString();
    return name + (agreement.isEmpty() ? "" : ": rank " + agreement);
  }

  /** Its title, or its name where it has none. */
  public String heading() {
    return table.title().isEmpty() ? table.name() : table.title();
  }

  /** Where it is on the page. */
  public String anchor() {
    return "table-" + table.name();
  }

  /** Where the stage behind a cell is on the page; empty where there is none. */
  public String source(int row, int column) {
    List<Point> points = rows.get(row).cells().get(column).points();
    return points.isEmpty() ? "" : Names.anchor(points.get(0));
  }
}
