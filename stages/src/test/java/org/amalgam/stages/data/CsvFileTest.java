package org.amalgam.stages.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.tensor.RandomStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvFileTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void whateverTheCellsHoldIsReadBack() throws Exception {
    Path path = directory.resolve("cells.csv");
    RandomStream random = RandomStream.of(1, "cells");
    String marks = "\",\n\r a\u00E9";
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      List<String> row = new ArrayList<>();
      for (int j = 0; j < 2; j++) {
        StringBuilder cell = new StringBuilder();
        for (int k = random.nextInt(6); k > 0; k--) {
          cell.append(marks.charAt(random.nextInt(marks.length())));
        }
        row.add(cell.toString());
      }
      rows.add(row);
    }

    try (CsvFile.Writer writer = new CsvFile.Writer(path, "one", "two")) {
      for (List<String> row : rows) {
        writer.row(row.toArray());
      }
    }

    assertThat(CsvFile.read(path, "one", "two")).isEqualTo(rows);
  }

  @Test
  void anotherHeaderIsNamed() throws Exception {
    Path path = Files.writeString(directory.resolve("other.csv"), "a,b\n1,2\n");

    assertThatThrownBy(() -> CsvFile.read(path, "a", "c"))
        .isInstanceOf(StageFailure.class)
        .hasMessage(path + ": the columns are [a, b], not [a, c]");
  }

  @Test
  void aRowThatLacksACellIsNamed() throws Exception {
    Path path = Files.writeString(directory.resolve("short.csv"), "a,b\n1,2\n3\n");

    assertThatThrownBy(() -> CsvFile.read(path, "a", "b"))
        .isInstanceOf(StageFailure.class)
        .hasMessage(path + ": row 2 has 1 cells");
  }
}
