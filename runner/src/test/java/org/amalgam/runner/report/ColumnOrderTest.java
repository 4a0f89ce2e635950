package org.amalgam.runner.report;

import static org.amalgam.runner.report.ColumnOrder.Agreement.AGREES;
import static org.amalgam.runner.report.ColumnOrder.Agreement.DIFFERS;
import static org.amalgam.runner.report.ColumnOrder.Agreement.NOTHING;
import static org.amalgam.runner.report.ColumnOrder.Agreement.UNSURE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.amalgam.runner.report.FilledTable.FilledCell;
import org.amalgam.runner.report.FilledTable.FilledRow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ColumnOrderTest {
  private final List<FilledRow> rows = new ArrayList<>();

  private void row(@Nullable Double printed, Double... values) {
    FilledCell cell =
        new FilledCell(List.of(), Arrays.asList(values), List.of(), List.of(), printed, "");
    rows.add(new FilledRow("row", "row", List.of(cell)));
  }

  private List<ColumnOrder.Agreement> agreements() {
    ColumnOrder order = new ColumnOrder(rows, 0);
    return IntStream.range(0, rows.size()).mapToObj(order::agreement).toList();
  }

  @Test
  void ranksAreComparedAndNotNumbers() {
    row(73.94, 14.0);
    row(75.14, 15.0);
    row(70.89, 3.0);

    assertThat(agreements()).containsOnly(AGREES);
    assertThat(new ColumnOrder(rows, 0).pairs()).isEqualTo("3 of 3");
    assertThat(new ColumnOrder(rows, 0).rank(1)).isEqualTo(1);
  }

  @Test
  void rowsThatChangePlacesDiffer() {
    row(3.0, 1.0);
    row(2.0, 2.0);
    row(1.0, 0.0);

    assertThat(agreements()).containsExactly(DIFFERS, DIFFERS, AGREES);
    assertThat(new ColumnOrder(rows, 0).pairs()).isEqualTo("2 of 3");
  }

  @Test
  void overlappingIntervalsLeaveItUnsureAndApartOnesDoNot() {
    row(2.0, 1.0, 1.4);
    row(1.0, 1.1, 1.5);
    assertThat(agreements()).containsExactly(UNSURE, UNSURE);

    rows.clear();
    row(2.0, 1.0, 1.01);
    row(1.0, 9.0, 9.01);
    assertThat(agreements()).containsExactly(DIFFERS, DIFFERS);
  }

  @Test
  void equalPrintedDigitsAgreeEitherWayAndEqualNumbersOfOursSayNothing() {
    row(2.0, 5.0);
    row(2.0, 6.0);
    assertThat(agreements()).containsOnly(AGREES);
    assertThat(new ColumnOrder(rows, 0).pairs()).isEmpty();

    rows.clear();
    row(1.0, 5.0);
    row(2.0, 5.0);
    assertThat(agreements()).containsOnly(UNSURE);
    assertThat(new ColumnOrder(rows, 0).pairs()).isEqualTo("0 of 1");
  }

  @Test
  void whatIsMissingOnEitherSideIsLeftOut() {
    row(null, 5.0);
    row(2.0);
    row(1.0, 4.0);

    assertThat(agreements()).containsOnly(NOTHING);
  }
}
