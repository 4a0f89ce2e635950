package org.amalgam.pipelines.recipe;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A stage and conditions on its dimensions, as in {@code merged[alpha=0.75,task=vqa]}.
 *
 * @param where dimension to label; the label {@code *} is any
 */
public record Selection(String name, SortedMap<String, String> where) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");
  private static final Pattern FORM =
      Pattern.compile("(" + NAME + ")(?:\\[\\s*(\\*|[^\\[\\]]+?)\\s*\\])?");

  public Selection {
    where = Collections.unmodifiableSortedMap(new TreeMap<>(where));
  }

  /** Whether a text can name a variable, stage, dimension or table. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** Reads {@code name}, {@code name[*]} or {@code name[dimension=label,...]}. */
  public static Optional<Selection> parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      return Optional.empty();
    }
    SortedMap<String, String> where = new TreeMap<>();
    String conditions = form.group(2);
    if (conditions != null && !conditions.equals("*")) {
      for (String condition : List.of(conditions.split(",", -1))) {
        int equals = condition.indexOf('=');
        if (equals < 0) {
          return Optional.empty();
        }
        String dimension = condition.substring(0, equals).strip();
        String label = Labels.ofTyped(condition.substring(equals + 1));
        boolean sound = isName(dimension) && (label.equals("*") || Labels.isWellFormed(label));
        if (!sound || where.put(dimension, label) != null) {
          return Optional.empty();
        }
      }
    }
    return Optional.of(new Selection(form.group(1), where));
  }

  /** Whether dimensions fulfil all conditions. */
  public static boolean matches(
      SortedMap<String, String> where, SortedMap<String, String> dimensions) {
    for (Map.Entry<String, String> condition : where.entrySet()) {
      String label = dimensions.get(condition.getKey());
      if (label == null
          || !(condition.getValue().equals(label) || condition.getValue().equals("*"))) {
        return false;
      }
    }
    return true;
  }

  /** {@code merged[alpha=0.75,task=vqa]}; the bare name where there is nothing to add. */
  public static String name(String stage, SortedMap<String, String> dimensions) {
    if (dimensions.isEmpty()) {
      return stage;
    }
    StringBuilder name = new StringBuilder(stage).append('[');
    dimensions.forEach((key, label) -> name.append(key).append('=').append(label).append(','));
    name.setCharAt(name.length() - 1, ']');
    return name.toString();
  }
}
