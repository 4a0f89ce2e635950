package org.amalgam.runner.report;

import java.util.List;

/** Tables in Markdown, for papers and pull requests. */
final class TablesMarkdown {
  private TablesMarkdown() {}

  static String of(List<FilledTable> tables) {
    StringBuilder text = new StringBuilder();
    for (FilledTable filled : tables) {
      String title = filled.table().title();
      text.append("## ").append(title.isEmpty() ? filled.table().name() : title).append("\n\n");
      append(text, filled, true);
      if (filled.hasPrinted()) {
        text.append('\n').append(escaped(filled.printedCaption())).append(":\n\n");
        append(text, filled, false);
      }
      text.append('\n');
      filled
          .footnotes()
          .forEach(
              (why, mark) ->
                  text.append("- ").append(mark).append(": ").append(escaped(why)).append('\n'));
      if (!filled.intervalNote().isEmpty()) {
        text.append('\n').append(filled.intervalNote()).append(".\n");
      }
      if (!filled.table().note().isEmpty()) {
        text.append('\n').append(filled.table().note().strip()).append("\n\n");
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, FilledTable filled, boolean ours) {
    int columns = filled.table().columns().size();
    text.append("| |");
    for (int c = 0; c < columns; c++) {
      String prior = ours ? filled.prior(c) : "";
      text.append(' ').append(escaped(filled.table().columns().get(c).label()));
      text.append(prior.isEmpty() ? "" : " (" + prior + ")").append(" |");
    }
    text.append("\n|:--|").append("--:|".repeat(columns)).append('\n');
    for (int r = 0; r < filled.rows().size(); r++) {
      text.append("| ").append(escaped(filled.rows().get(r).label())).append(" |");
      for (int c = 0; c < columns; c++) {
        String mark = ours ? filled.mark(r, c) : "";
        text.append(' ').append(ours ? filled.ours(r, c) : filled.printed(r, c));
        text.append(mark.isEmpty() ? "" : " (" + mark + ")").append(" |");
      }
      text.append('\n');
    }
    if (!ours && filled.hasOrder()) {
      text.append("| *our pairs of rows in this order* |");
      for (int c = 0; c < columns; c++) {
        text.append(' ').append(filled.order(c).pairs()).append(" |");
      }
      text.append('\n');
    }
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("\n", " ");
  }
}
