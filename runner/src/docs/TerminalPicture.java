import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws a terminal's text as SVG: {@code java TerminalPicture.java '$ command' < text > picture.svg}.
 * Knows the colours that the program uses (SGR sequences) and passes over every other sequence.
 */
class TerminalPicture {
  private static final double WIDTH = 8.4;
  private static final int HEIGHT = 19;
  private static final int MARGIN = 14;

  private record Run(int column, String text, String style) {}

  public static void main(String[] args) throws IOException {
    Reader in = new InputStreamReader(System.in, StandardCharsets.UTF_8);
    StringBuilder text = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      text.append((char) c);
    }
    List<String> lines = new ArrayList<>();
    for (String arg : args) {
      lines.add("\033[1m" + arg + "\033[0m");
    }
    text.toString().stripTrailing().lines().forEach(lines::add);
    System.out.print(svg(lines));
  }

  private static String svg(List<String> lines) {
    StringBuilder body = new StringBuilder();
    int columns = 60;
    for (int row = 0; row < lines.size(); row++) {
      for (Run run : runs(lines.get(row))) {
        columns = Math.max(columns, run.column() + run.text().length());
        body.append(
            "  <text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\" class=\"%s\">%s</text>\n"
                .formatted(
                    MARGIN + run.column() * WIDTH,
                    MARGIN + (row + 1) * HEIGHT - 5,
                    run.text().length() * WIDTH,
                    run.style(),
                    escaped(run.text())));
      }
    }
    double width = 2 * MARGIN + columns * WIDTH;
    int height = 2 * MARGIN + lines.size() * HEIGHT;
    return """
        <svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%d" viewBox="0 0 %.0f %d">
          <style>
            text { font: 14px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d8dee4; white-space: pre; }
            .b { font-weight: bold; fill: #ffffff; } .d { fill: #8b949e; } .r { fill: #ff7b72; }
            .g { fill: #7ee787; } .y { fill: #e3b341; } .m { fill: #d2a8ff; } .c { fill: #79c0ff; }
          </style>
          <rect width="100%%" height="100%%" rx="8" fill="#0d1117"/>
        %s</svg>
        """
        .formatted(width, height, width, height, body);
  }

  /** The pieces of one style, without those of blanks only. */
  private static List<Run> runs(String line) {
    List<Run> runs = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    String style = "t";
    int column = 0;
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) != '\033') {
        piece.append(line.charAt(i));
        continue;
      }
      int end = i + 2;
      while (end < line.length() && !Character.isLetter(line.charAt(end))) {
        end++;
      }
      column = flush(runs, piece, column, style);
      if (end < line.length() && line.charAt(end) == 'm') {
        style = style(line.substring(i + 2, end), style);
      }
      i = end;
    }
    flush(runs, piece, column, style);
    return runs;
  }

  private static int flush(List<Run> runs, StringBuilder piece, int column, String style) {
    String text = piece.toString();
    if (!text.isBlank()) {
      int blanks = text.length() - text.stripLeading().length();
      runs.add(new Run(column + blanks, text.strip(), style));
    }
    piece.setLength(0);
    return column + text.length();
  }

  private static String style(String codes, String before) {
    String style = before;
    for (String code : codes.split(";")) {
      style =
          switch (code) {
            case "1" -> style.equals("t") ? "b" : style;
            case "2" -> "d";
            case "31" -> "r";
            case "32" -> "g";
            case "33" -> "y";
            case "35" -> "m";
            case "36" -> "c";
            default -> "t";
          };
    }
    return style;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
