package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.recipe.Table;

/** Tables as aligned text: ours first, then, in a block of its own, what the paper prints. */
public final class TableText {
  private TableText() {}

  /** The table, with a line break at its end. */
  public static String of(FilledTable filled) {
    List<List<String>> ours = grid(filled, true);
    List<List<String>> printed = filled.hasPrinted() ? grid(filled, false) : List.of();
    List<List<String>> both = new ArrayList<>(ours);
    both.addAll(printed);
    int[] widths = widths(both);
    StringBuilder text = new StringBuilder();
    Table table = filled.table();
    text.append(table.title().isEmpty() ? table.name() : table.title()).append('\n');
    append(text, ours, widths);
    if (!printed.isEmpty()) {
      text.append('\n').append("  ").append(filled.printedCaption()).append('\n');
      append(text, printed, widths);
    }
    filled
        .footnotes()
        .forEach(
            (why, mark) -> text.append("  ").append(mark).append(": ").append(why).append('\n'));
    if (!filled.intervalNote().isEmpty()) {
      text.append("  ").append(filled.intervalNote()).append('\n');
    }
    if (!table.note().isEmpty()) {
      text.append("  ").append(table.note().strip().replace("\n", "\n  ")).append('\n');
    }
    return text.toString();
  }

  private static List<List<String>> grid(FilledTable filled, boolean ours) {
    int columns = filled.table().columns().size();
    List<String> names = new ArrayList<>(List.of(""));
    List<String> priors = new ArrayList<>(List.of(""));
    for (int c = 0; c < columns; c++) {
      names.add(filled.table().columns().get(c).label());
      priors.add(filled.prior(c));
    }
    List<List<String>> grid = new ArrayList<>(List.of(names));
    if (ours && !priors.stream().allMatch(String::isEmpty)) {
      grid.add(priors);
    }
    for (int r = 0; r < filled.rows().size(); r++) {
      List<String> line = new ArrayList<>(List.of(filled.rows().get(r).label()));
      for (int c = 0; c < columns; c++) {
        String mark = ours ? filled.mark(r, c) : "";
        String value = ours ? filled.ours(r, c) : filled.printed(r, c);
        line.add(mark.isEmpty() ? value : value + " " + mark);
      }
      grid.add(line);
    }
    return grid;
  }

  private static int[] widths(List<List<String>> grid) {
    int[] widths = new int[grid.get(0).size()];
    for (List<String> line : grid) {
      for (int c = 0; c < line.size(); c++) {
        widths[c] = Math.max(widths[c], line.get(c).codePointCount(0, line.get(c).length()));
      }
    }
    return widths;
  }

  private static void append(StringBuilder text, List<List<String>> grid, int[] widths) {
    for (List<String> line : grid) {
      StringBuilder row = new StringBuilder("  ");
      for (int c = 0; c < line.size(); c++) {
        String cell = line.get(c);
        String padding = " ".repeat(widths[c] - cell.codePointCount(0, cell.length()));
        row.append(c == 0 ? cell + padding : "  " + padding + cell);
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
  }
}
