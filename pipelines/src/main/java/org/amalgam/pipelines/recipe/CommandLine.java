package org.amalgam.pipelines.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code --set path=value}; of two for one path the last one counts. */
final class CommandLine {
  private CommandLine() {}

  /** Paths to values, in order. A value's place is its column in what was typed. */
  static Map<String, Value.Entry> read(List<String> overrides, List<Problem> problems) {
    Map<String, Value.Entry> read = new LinkedHashMap<>();
    for (int i = 0; i < overrides.size(); i++) {
      String typed = overrides.get(i);
      Source source = new Source("--set", List.of(typed), i + 1);
      Place start = new Place(source, i + 1, 1);
      int equals = typed.indexOf('=');
      String path = equals < 0 ? "" : typed.substring(0, equals).strip();
      if (path.isEmpty()) {
        problems.add(start.problem("expected path=value", "write --set alpha=0.5"));
        continue;
      }
      // Spaces in front keep the columns.
      String text = " ".repeat(equals + 1) + typed.substring(equals + 1);
      Value value =
          text.isBlank()
              ? new Value.Scalar(null, new Place(source, i + 1, equals + 2))
              : YamlText.read(source, text, problems);
      if (value != null) {
        read.remove(path);
        read.put(path, new Value.Entry(start, value));
      }
    }
    return read;
  }
}
