package org.amalgam.pipelines.recipe;

import java.util.List;

/**
 * The text that values come from.
 *
 * @param name as the user named the file, or {@code --set}
 * @param firstLine the number of the first of {@code lines}
 */
record Source(String name, List<String> lines, int firstLine) {
  static Source of(String name, String text) {
    return new Source(name, text.lines().toList(), 1);
  }

  String line(int number) {
    int index = number - firstLine;
    return index >= 0 && index < lines.size() ? lines.get(index) : "";
  }
}
