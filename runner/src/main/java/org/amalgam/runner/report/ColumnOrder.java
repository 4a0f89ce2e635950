package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.amalgam.runner.report.FilledTable.FilledCell;
import org.amalgam.runner.report.FilledTable.FilledRow;
import org.jspecify.annotations.Nullable;

/**
 * The order of the rows in one column, ours beside the printed one, over the rows that have both:
 * all that can be compared where the scales differ.
 */
public final class ColumnOrder {
  /** How a cell's rank compares with the printed one's. */
  public enum Agreement {
    /** The same rank. */
    AGREES,
    /** Another rank, but only against rows whose interval overlaps with its own. */
    UNSURE,
    /** Another rank. */
    DIFFERS,
    /** One side is missing, or there is no other row. */
    NOTHING;

    /** The name of its style on the page. */
    public String style() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** In words. */
    @Override
    public String toString() {
      return switch (this) {
        case AGREES -> "agrees";
        case UNSURE -> "differs within intervals";
        case DIFFERS -> "differs";
        case NOTHING -> "";
      };
    }
  }

  private final List<@Nullable FilledCell> cells = new ArrayList<>();

  ColumnOrder(List<FilledRow> rows, int column) {
    for (FilledRow row : rows) {
      FilledCell cell = row.cells().get(column);
      cells.add(cell.values().isEmpty() || cell.printed() == null ? null : cell);
    }
  }

  private List<FilledCell> compared() {
    List<FilledCell> compared = new ArrayList<>();
    for (FilledCell cell : cells) {
      if (cell != null) {
        compared.add(cell);
      }
    }
    return compared;
  }

  /** Whether there are two rows to compare. */
  public boolean isKnown() {
    return compared().size() > 1;
  }

  /** The rank of our value among the compared rows, 1 the largest; 0 where there is none. */
  public int rank(int row) {
    FilledCell cell = cells.get(row);
    return cell == null || !isKnown() ? 0 : 1 + above(cell, true);
  }

  /** The rank of the printed value; of equal ones the better. */
  public int printedRank(int row) {
    FilledCell cell = cells.get(row);
    return cell == null || !isKnown() ? 0 : 1 + above(cell, false);
  }

  private int above(FilledCell cell, boolean ours) {
    return (int) compared().stream().filter(other -> sign(other, cell, ours) > 0).count();
  }

  private static int sign(FilledCell one, FilledCell other, boolean ours) {
    Double printed = one.printed();
    Double otherPrinted = other.printed();
    return ours
        ? Double.compare(one.mean(), other.mean())
        : printed == null || otherPrinted == null ? 0 : Double.compare(printed, otherPrinted);
  }

  /**
   * How a row's rank compares. Equal printed values share a range of ranks, and any of them agrees;
   * where ours are equal and the printed ones are not, nothing is as printed.
   */
  public Agreement agreement(int row) {
    FilledCell cell = cells.get(row);
    if (cell == null || !isKnown()) {
      return Agreement.NOTHING;
    }
    int[] ours = ranks(cell, true);
    int[] printed = ranks(cell, false);
    if (ours[0] >= printed[0] && ours[1] <= printed[1]) {
      return Agreement.AGREES;
    }
    boolean clear =
        compared().stream()
            .filter(other -> sign(cell, other, true) * sign(cell, other, false) < 0)
            .anyMatch(other -> !overlap(cell, other));
    return clear ? Agreement.DIFFERS : Agreement.UNSURE;
  }

  private int[] ranks(FilledCell cell, boolean ours) {
    int least = 1 + above(cell, ours);
    long equal = compared().stream().filter(other -> sign(other, cell, ours) == 0).count();
    return new int[] {least, least + (int) equal - 1};
  }

  /** Whether the intervals of both are known and overlap. */
  private static boolean overlap(FilledCell one, FilledCell other) {
    Interval first = Interval.of(one.values());
    Interval second = Interval.of(other.values());
    return first.isBounded()
        && second.isBounded()
        && first.low() <= second.high()
        && second.low() <= first.high();
  }

  /** {@code 5 of 6}: pairs of rows that are in the printed order; empty where there are none. */
  public String pairs() {
    List<FilledCell> compared = compared();
    int pairs = 0;
    int agreeing = 0;
    for (int i = 0; i < compared.size(); i++) {
      for (int j = 0; j < i; j++) {
        int printed = sign(compared.get(i), compared.get(j), false);
        pairs += printed == 0 ? 0 : 1;
        agreeing += printed * sign(compared.get(i), compared.get(j), true) > 0 ? 1 : 0;
      }
    }
    return pairs == 0 ? "" : agreeing + " of " + pairs;
  }
}
