package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Value;
import org.jspecify.annotations.Nullable;

/**
 * Warns of texts in settings that look as if they were others tomorrow or on another machine: such
 * a text is in the key, so everything would be computed anew.
 */
final class VolatileValues {
  private static final Map<String, Pattern> LOOKS = looks();

  private VolatileValues() {}

  private static Map<String, Pattern> looks() {
    Map<String, Pattern> looks = new LinkedHashMap<>();
    looks.put(
        "the path of a temporary file",
        Pattern.compile("(^|[\\s=:,])(/tmp/|/var/tmp/|/var/folders/|/dev/shm/)|\\\\AppData\\\\"));
    looks.put(
        "a time",
        Pattern.compile("\\b\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}|\\b(19|20)\\d{6}[T_-]\\d{6}\\b"));
    looks.put(
        "a random identifier",
        Pattern.compile("(?i)\\b[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\\b"));
    looks.put(
        "the name of a host",
        Pattern.compile("(?i)\\b(localhost|[a-z0-9-]+\\.(local|lan|internal|localdomain))\\b"));
    return looks;
  }

  /** A warning for each setting that is in the key of one of the points. */
  static List<Problem> warnings(List<Point> points) {
    List<Problem> warnings = new ArrayList<>();
    @Nullable StageShape before = null;
    for (Point point : points) {
      if (point.shape() != before) {
        before = point.shape();
        warn(before, warnings);
      }
    }
    return Problem.sorted(warnings);
  }

  private static void warn(StageShape stage, List<Problem> warnings) {
    stage
        .entry()
        .settings()
        .forEach(
            (name, written) -> {
              Setting setting = stage.shape().settings().get(name);
              if (setting != null && !setting.isPort() && !setting.isIncidental()) {
                warn(name, written.value(), warnings);
              }
            });
  }

  private static void warn(String name, Value value, List<Problem> warnings) {
    if (value instanceof Value.Items list) {
      list.items().forEach(item -> warn(name, item, warnings));
    } else if (value instanceof Value.Entries mapping) {
      mapping.entries().values().forEach(entry -> warn(name, entry.value(), warnings));
    } else if (value instanceof Value.Scalar scalar && scalar.value() instanceof String text) {
      LOOKS.forEach(
          (what, form) -> {
            if (form.matcher(text).find()) {
              warnings.add(
                  value
                      .place()
                      .problem(
                          name + " looks like " + what + ", and it is part of the key",
                          "with another value everything that reads it is computed anew"));
            }
          });
    }
  }
}
