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
  /** One cell per column. */
  public record FilledRow(String label, List<FilledCell> cells) {}

  /**
   * A cell.
   *
   * @param points where its values come from, one for each replicate
   * @param values one for each replicate that has one
   * @param replicates the labels of these replicates, empty where the seed does not matter
   * @param priors the chance levels beside them
   * @param printed the paper's value: another scale, never to be mixed with ours
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
      rows.add(new FilledRow(row.label(), cells));
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
        + ": another scale, compare the order and not the numbers";
  }
}
