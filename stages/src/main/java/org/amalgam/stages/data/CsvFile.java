package org.amalgam.stages.data;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.stage.StageFailure;
import org.jspecify.annotations.Nullable;

/** Tables in RFC 4180's format, in UTF-8, with a header line and lines that end in LF. */
public final class CsvFile {
  private CsvFile() {}

  /** Writes a table line by line. */
  static final class Writer implements AutoCloseable {
    private final BufferedWriter out;

    Writer(Path path, String... columns) throws IOException {
      out = Files.newBufferedWriter(path);
      row((Object[]) columns);
    }

    void row(Object... cells) throws IOException {
      for (int i = 0; i < cells.length; i++) {
        String cell = String.valueOf(cells[i]);
        boolean quoted = cell.isEmpty();
        for (int j = 0; j < cell.length(); j++) {
          quoted |= ",\"\r\n".indexOf(cell.charAt(j)) >= 0;
        }
        out.write(i == 0 ? "" : ",");
        out.write(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
      }
      out.write('\n');
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  /**
   * The rows below the header.
   *
   * @throws StageFailure if the header is another or a row has not as many cells
   */
  static List<List<String>> read(Path path, String... columns) throws IOException, StageFailure {
    List<List<String>> rows = read(path);
    List<String> header = rows.isEmpty() ? null : rows.get(0);
    if (header == null || !header.equals(List.of(columns))) {
      throw new StageFailure(path + ": the columns are " + header + ", not " + List.of(columns));
    }
    return rows.subList(1, rows.size());
  }

  /**
   * All rows, the header first.
   *
   * @throws StageFailure if a row has not as many cells as the header
   */
  public static List<List<String>> read(Path path) throws IOException, StageFailure {
    try (BufferedReader in = Files.newBufferedReader(path)) {
      List<List<String>> rows = new ArrayList<>();
      for (List<String> row = next(in); row != null; row = next(in)) {
        if (!rows.isEmpty() && row.size() != rows.get(0).size()) {
          throw new StageFailure(path + ": row " + rows.size() + " has " + row.size() + " cells");
        }
        rows.add(row);
      }
      return rows;
    }
  }

  private static @Nullable List<String> next(BufferedReader in) throws IOException {
    int c = in.read();
    if (c < 0) {
      return null;
    }
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    boolean closed = false;
    for (; c >= 0 && (quoted || c != '\n'); c = in.read()) {
      if (c == '"') {
        // A mark straight after the one that closes stands for itself, and opens again.
        if (closed) {
          cell.append('"');
        }
        closed = quoted;
        quoted = !quoted;
        continue;
      }
      closed = false;
      if (c == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append((char) c);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
