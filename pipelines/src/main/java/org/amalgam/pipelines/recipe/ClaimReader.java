package org.amalgam.pipelines.recipe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one entry below {@code claims}. */
final class ClaimReader {
  private static final List<String> KEYS = List.of("says", "section", "note", "table", "holds-if");
  private static final List<String> COMBINATIONS =
      Arrays.stream(Quantity.Combination.values()).map(Quantity.Combination::label).toList();
  private static final List<String> CELL = List.of("table", "row", "column");
  private static final String BETWEEN = " / ";

  private final String name;
  private final List<Problem> problems = new ArrayList<>();
  private final Expected expected = new Expected(problems);
  private final List<ClaimEntry.NamedCell> cells = new ArrayList<>();
  private @Nullable String table;

  private ClaimReader(String name) {
    this.name = name;
  }

  static ClaimEntry read(String name, Value.Entry entry, Interpolation interpolation) {
    ClaimReader reader = new ClaimReader(name);
    Value value = interpolation.resolve(entry.value(), reader.problems);
    Claim claim = reader.claim(value);
    return new ClaimEntry(claim, entry.key(), reader.cells, reader.problems);
  }

  private Claim claim(Value value) {
    List<Claim.Predicate> predicates = new ArrayList<>();
    Value.Entries entries = expected.mapping("the claim " + name, value);
    if (entries == null) {
      return new Claim(name, name, "", "", predicates);
    }
    expected.keys("the claim " + name, entries, KEYS);
    String says = required(entries, "says");
    String section = optional(entries, "section");
    String note = optional(entries, "note");
    Value of = entries.get("table");
    table = of == null ? null : expected.text("table", of);
    Value holds = entries.get("holds-if");
    if (holds == null) {
      missing(entries, "holds-if: [{above: [\"row / column\", \"row / column\"]}]");
    }
    List<Value> list = holds == null ? null : expected.list("holds-if", holds);
    for (Value one : list == null ? List.<Value>of() : list) {
      Claim.Predicate predicate = predicate(one);
      if (predicate != null) {
        predicates.add(predicate);
      }
    }
    if (list != null && list.isEmpty() && holds != null) {
      problems.add(
          holds.place().problem("the claim " + name + " says nothing", "add above: [...]"));
    }
    return new Claim(name, says, section, note, predicates);
  }

  private Claim.@Nullable Predicate predicate(Value value) {
    Value.Entries entries = expected.mapping("a predicate", value);
    if (entries == null) {
      return null;
    }
    Value above = entries.get("above");
    Value level = entries.get("level");
    if ((above == null) == (level == null)) {
      problems.add(
          entries
              .place()
              .problem(
                  above == null ? "a predicate needs above or level" : "above and level in one",
                  "write {above: [a, b], by: 0} or {level: [a, b], within: 1}"));
      return null;
    }
    boolean isAbove = above != null;
    expected.keys(
        "a predicate", entries, isAbove ? List.of("above", "by") : List.of("level", "within"));
    String key = isAbove ? "above" : "level";
    List<Quantity> of = quantities(key, isAbove ? above : level, 2, Integer.MAX_VALUE);
    Double margin = margin(entries, isAbove ? "by" : "within", isAbove);
    if (of == null || margin == null) {
      return null;
    }
    return isAbove ? new Claim.Above(of, margin) : new Claim.Level(of, margin);
  }

  /** {@code by} is 0 unless said; {@code within} must be said and be above 0. */
  private @Nullable Double margin(Value.Entries entries, String key, boolean isAbove) {
    Value value = entries.get(key);
    if (value == null) {
      if (!isAbove) {
        missing(entries, "within: the largest distance that counts as level");
      }
      return isAbove ? 0.0 : null;
    }
    Double margin = expected.number(key, value);
    if (margin != null && !isAbove && margin <= 0) {
      problems.add(value.place().problem(key + " must be above 0, is " + Labels.of(margin), ""));
      return null;
    }
    return margin;
  }

  private @Nullable List<Quantity> quantities(
      String key, @Nullable Value value, int least, int most) {
    List<Value> list = value == null ? null : expected.list(key, value);
    if (list == null || value == null) {
      return null;
    }
    if (list.size() < least || list.size() > most) {
      String count = least == most ? "exactly " + least : "at least " + least;
      problems.add(
          value
              .place()
              .problem(key + " needs " + count + " numbers, has " + list.size(), "name cells"));
    }
    List<Quantity> quantities = new ArrayList<>();
    for (Value one : list) {
      Quantity quantity = quantity(one);
      if (quantity != null) {
        quantities.add(quantity);
      }
    }
    return quantities;
  }

  private @Nullable Quantity quantity(Value value) {
    if (value instanceof Value.Scalar) {
      String text = expected.text("a cell", value);
      return text == null ? null : cell(text, value.place());
    }
    Value.Entries entries = expected.mapping("a cell", value);
    if (entries == null) {
      return null;
    }
    for (Quantity.Combination how : Quantity.Combination.values()) {
      Value of = entries.get(how.label());
      if (of != null) {
        expected.keys("a " + how.label(), entries, List.of(how.label()));
        boolean pair = how == Quantity.Combination.DIFFERENCE;
        List<Quantity> parts =
            quantities(how.label(), of, pair ? 2 : 1, pair ? 2 : Integer.MAX_VALUE);
        return parts == null || parts.isEmpty() ? null : new Quantity.Combined(how, parts);
      }
    }
    List<String> known = new ArrayList<>(CELL);
    known.addAll(COMBINATIONS);
    expected.keys("a cell", entries, known);
    Value other = entries.get("table");
    String in = other == null ? table(entries.place()) : expected.text("table", other);
    String row = label(entries, "row");
    String column = label(entries, "column");
    return in == null || row == null || column == null
        ? null
        : named(new Quantity.Cell(in, row, column), entries.place());
  }

  private @Nullable String label(Value.Entries entries, String key) {
    Value value = entries.get(key);
    if (value == null) {
      problems.add(entries.place().problem("a cell has no " + key, "add " + key + ": LABEL"));
      return null;
    }
    return expected.text(key, value);
  }

  private @Nullable Quantity cell(String text, Place place) {
    int slash = text.lastIndexOf(BETWEEN);
    if (slash < 0) {
      problems.add(
          place.problem("\"" + text + "\" names no cell", "write \"row label / column label\""));
      return null;
    }
    String in = table(place);
    String row = text.substring(0, slash).strip();
    String column = text.substring(slash + BETWEEN.length()).strip();
    return in == null ? null : named(new Quantity.Cell(in, row, column), place);
  }

  private Quantity named(Quantity.Cell cell, Place place) {
    cells.add(new ClaimEntry.NamedCell(cell, place));
    return cell;
  }

  private @Nullable String table(Place place) {
    if (table == null) {
      problems.add(
          place.problem(
              "of which table is this cell?",
              "add table: NAME to the claim " + name + ", or to the cell"));
    }
    return table;
  }

  private String required(Value.Entries entries, String key) {
    if (entries.get(key) == null) {
      missing(entries, key + ": ...");
    }
    String text = optional(entries, key);
    return text.isEmpty() ? name : text;
  }

  private void missing(Value.Entries entries, String add) {
    String key = add.substring(0, add.indexOf(':'));
    problems.add(entries.place().problem("the claim " + name + " has no " + key, "add " + add));
  }

  private String optional(Value.Entries entries, String key) {
    Value value = entries.get(key);
    String text = value == null ? null : expected.text(key, value);
    return text == null ? "" : text;
  }
}
