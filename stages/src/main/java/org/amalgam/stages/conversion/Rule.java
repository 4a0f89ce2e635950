package org.amalgam.stages.conversion;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.amalgam.pipelines.recipe.Place;

/**
 * What becomes of the tensors whose whole names match a pattern.
 *
 * @param to names with {@code $1} for the pattern's groups; empty for a part that is dropped
 * @param parts in their order, what the pattern's group of parts may match, for {@link Action#JOIN}
 * @param why what a report says of it; may be empty
 * @param place where it was written
 */
record Rule(
    Pattern from, Action action, List<String> to, List<String> parts, String why, Place place) {
  /** What is done with a tensor. */
  enum Action {
    /** It becomes each of the names. */
    COPY,
    /** Its rows are cut into equal parts, one for each of the names. */
    SPLIT,
    /** Tensors of the same new name are put below each other, ordered by their group part. */
    JOIN,
    /**
     * A table of relative image positions, of all layers or of the group layer: it becomes that
     * layer's columns, and rows for texts are added as zeros.
     */
    POSITIONS,
    /** The name is filled with zeros of the tensor's shape. */
    ZERO,
    /** It is left out. */
    DROP;
  }

  Rule {
    to = List.copyOf(to);
    parts = List.copyOf(parts);
  }

  /** The new names of what matched. */
  List<String> names(Matcher matched) {
    return to.stream().map(name -> name.isEmpty() ? "" : expand(matched, name)).toList();
  }

  private static String expand(Matcher matched, String template) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < template.length(); i++) {
      char c = template.charAt(i);
      if (c == '$' && i + 1 < template.length() && Character.isDigit(template.charAt(i + 1))) {
        String group = matched.group(template.charAt(++i) - '0');
        name.append(group == null ? "" : group);
      } else {
        name.append(c);
      }
    }
    return name.toString();
  }
}
