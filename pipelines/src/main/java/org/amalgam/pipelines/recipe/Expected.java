package org.amalgam.pipelines.recipe;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of the type that is expected at a key of a recipe, or a problem and null. */
final class Expected {
  private final List<Problem> problems;

  Expected(List<Problem> problems) {
    this.problems = problems;
  }

  @Nullable String text(String what, Value value) {
    if (value instanceof Value.Scalar scalar && scalar.value() instanceof String text) {
      return text;
    }
    boolean scalar = value instanceof Value.Scalar;
    return wrong(what, "text", value, scalar ? "put it in quotes" : "");
  }

  /** A name of a thing in a recipe. */
  @Nullable String name(String what, Value value) {
    String text = text(what, value);
    return text == null || isName(what, text, value.place()) ? text : null;
  }

  boolean isName(String what, String name, Place place) {
    if (Selection.isName(name)) {
      return true;
    }
    problems.add(
        place.problem(
            "\"" + name + "\" cannot be the name of " + what,
            "use letters, digits, - and _ only, and begin with a letter or digit"));
    return false;
  }

  @Nullable Long whole(String what, Value value, long least, long most) {
    if (value instanceof Value.Scalar scalar && scalar.value() instanceof Long number) {
      if (number >= least && number <= most) {
        return number;
      }
      String limit = number < least ? "at least " + least : "at most " + most;
      problems.add(value.place().problem(what + " must be " + limit + ", is " + number, ""));
      return null;
    }
    return wrong(what, "a whole number", value, "");
  }

  @Nullable Double number(String what, Value value) {
    if (value instanceof Value.Scalar scalar
        && scalar.value() instanceof Number number
        && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    return wrong(what, "a number", value, "");
  }

  Value.@Nullable Entries mapping(String what, Value value) {
    return value instanceof Value.Entries entries
        ? entries
        : wrong(what, "a mapping", value, "write name: value below it");
  }

  @Nullable List<Value> list(String what, Value value) {
    return value instanceof Value.Items list
        ? list.items()
        : wrong(what, "a list", value, "write [a, b]");
  }

  /** One of a few words. */
  @Nullable String word(String what, Value value, List<String> words) {
    String text = text(what, value);
    if (text == null || words.contains(text)) {
      return text;
    }
    problems.add(
        value
            .place()
            .problem(
                what + " cannot be \"" + text + "\"", Suggestion.among(text, words, "it can be")));
    return null;
  }

  /** Reports every key that is not known. */
  void keys(String where, Value.Entries entries, List<String> known) {
    entries
        .entries()
        .forEach(
            (key, entry) -> {
              if (!known.contains(key)) {
                problems.add(
                    entry
                        .key()
                        .problem(
                            "unknown key " + key + " in " + where,
                            Suggestion.among(key, known, "known keys")));
              }
            });
  }

  private <T> @Nullable T wrong(String what, String expected, Value value, String fix) {
    if (value instanceof Value.Unknown) {
      return null;
    }
    problems.add(
        value
            .place()
            .problem(what + ": expected " + expected + ", found " + value.described(), fix));
    return null;
  }
}
