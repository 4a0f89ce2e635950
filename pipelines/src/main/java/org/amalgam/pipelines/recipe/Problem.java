package org.amalgam.pipelines.recipe;

import java.util.Comparator;
import java.util.List;

/**
 * A mistake in a recipe.
 *
 * @param position where
 * @param message what is wrong
 * @param fix what to do about it; may be empty
 * @param sourceLine the text of the line, for the caret; may be empty
 */
public record Problem(Position position, String message, String fix, String sourceLine) {
  private static final int WIDTH = 160;

  private static final Comparator<Problem> BY_POSITION =
      Comparator.comparing((Problem p) -> p.position().file())
          .thenComparingInt(p -> p.position().line())
          .thenComparingInt(p -> p.position().column())
          .thenComparing(Problem::message);

  /** {@code file:line:column: message}, the line, a caret, and the fix. */
  public String render() {
    StringBuilder text = new StringBuilder().append(position).append(": ").append(message);
    int caret = position.column() - 1;
    if (!sourceLine.isBlank() && caret <= sourceLine.codePointCount(0, sourceLine.length())) {
      int[] points = sourceLine.codePoints().toArray();
      // A long line is shown from a little before the caret.
      int from = caret > WIDTH / 2 && points.length > WIDTH ? caret - WIDTH / 2 : 0;
      int length = Math.min(WIDTH, points.length - from);
      // What a terminal would obey is not shown as it is.
      for (int i = from; i < from + length; i++) {
        points[i] = points[i] != '\t' && Character.isISOControl(points[i]) ? 0xFFFD : points[i];
      }
      text.append("\n    ").append(new String(points, from, length)).append("\n    ");
      for (int i = from; i < caret; i++) {
        text.append(points[i] == '\t' ? '\t' : ' ');
      }
      text.append('^');
    }
    if (!fix.isEmpty()) {
      text.append("\n    ").append(fix);
    }
    return text.toString();
  }

  /** Each problem once, by file, line and column. */
  public static List<Problem> sorted(List<Problem> problems) {
    return problems.stream().distinct().sorted(BY_POSITION).toList();
  }
}
