package org.amalgam.runner.report;

import java.util.List;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.runner.report.FilledTable.FilledCell;
import org.jspecify.annotations.Nullable;

/** Every cell of every table as one line of CSV (RFC 4180), numbers in full precision. */
final class TablesCsv {
  private static final String HEADER =
      "table,row,column,mean,spread,low,high,replicates,prior,printed in the"
          + " paper,printed scale,rank,printed rank,points,missing\r\n";

  private TablesCsv() {}

  static String of(List<FilledTable> tables) {
    StringBuilder text = new StringBuilder(HEADER);
    for (FilledTable filled : tables) {
      for (int r = 0; r < filled.rows().size(); r++) {
        FilledTable.FilledRow row = filled.rows().get(r);
        for (int c = 0; c < row.cells().size(); c++) {
          FilledCell cell = row.cells().get(c);
          boolean has = !cell.values().isEmpty();
          Interval interval = has ? Interval.of(cell.values()) : null;
          List<String> fields =
              List.of(
                  filled.table().name(),
                  row.label(),
                  filled.table().columns().get(c).label(),
                  number(has ? cell.mean() : null),
                  number(cell.values().size() > 1 ? cell.spread() : null),
                  number(Interval.low(interval)),
                  number(Interval.high(interval)),
                  Integer.toString(cell.values().size()),
                  number(cell.priors().isEmpty() ? null : cell.priors().get(0)),
                  number(cell.printed()),
                  cell.printed() == null ? "" : filled.scale(),
                  rank(filled.order(c).rank(r)),
                  rank(filled.order(c).printedRank(r)),
                  String.join(" ", cell.points().stream().map(Point::name).toList()),
                  cell.missing());
          text.append(line(fields));
        }
      }
    }
    return text.toString();
  }

  private static String rank(int rank) {
    return rank == 0 ? "" : Integer.toString(rank);
  }

  /** A line with its end. */
  static String line(List<String> fields) {
    return String.join(",", fields.stream().map(TablesCsv::quoted).toList()) + "\r\n";
  }

  static String number(@Nullable Double value) {
    return value == null ? "" : value.toString();
  }

  private static String quoted(String field) {
    return field.matches("[^,\"\r\n]*") ? field : '"' + field.replace("\"", "\"\"") + '"';
  }
}
