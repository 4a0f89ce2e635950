package org.amalgam.pipelines.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads one entry below {@code tables}. */
final class TableReader {
  private static final List<String> KEYS =
      List.of("title", "note", "rows", "columns", "paper", "plot");
  private static final List<String> SCALES = List.of("same", "other");

  private final String name;
  private final Place place;
  private final List<Problem> problems = new ArrayList<>();
  private final Expected expected = new Expected(problems);
  private final List<Table.Row> rows = new ArrayList<>();
  private final List<Place> rowPlaces = new ArrayList<>();
  private final List<Table.Column> columns = new ArrayList<>();
  private final List<Place> columnPlaces = new ArrayList<>();
  private final Map<String, Map<String, Double>> paper = new LinkedHashMap<>();
  private final Map<String, Place> printed = new LinkedHashMap<>();
  private String caption = "";
  private boolean sameScale;
  private @Nullable Plot plot;

  private TableReader(String name, Place place) {
    this.name = name;
    this.place = place;
  }

  static TableEntry read(String name, Value.Entry entry, Interpolation interpolation) {
    TableReader reader = new TableReader(name, entry.key());
    Value value = interpolation.resolve(entry.value(), reader.problems);
    return reader.read(value);
  }

  private TableEntry read(Value value) {
    String title = name;
    String note = "";
    Value.Entries entries = expected.mapping("the table " + name, value);
    if (entries != null) {
      expected.keys("the table " + name, entries, KEYS);
      title = optionalText(entries, "title", name);
      note = optionalText(entries, "note", "");
      for (Value row : required(entries, "rows")) {
        row(row);
      }
      for (Value column : required(entries, "columns")) {
        column(column);
      }
      Value values = entries.get("paper");
      if (values != null) {
        paper(values);
      }
      Value drawn = entries.get("plot");
      if (drawn != null) {
        List<String> rowLabels = rows.stream().map(Table.Row::label).toList();
        List<String> columnLabels = columns.stream().map(Table.Column::label).toList();
        plot = new PlotReader(problems, rowLabels, columnLabels).read(drawn);
      }
    }
    Table table = new Table(name, title, note, rows, columns, paper, caption, sameScale, plot);
    return new TableEntry(table, place, rowPlaces, columnPlaces, printed, problems);
  }

  private List<Value> required(Value.Entries entries, String key) {
    Value value = entries.get(key);
    if (value == null) {
      problems.add(place.problem("the table " + name + " has no " + key, "add " + key + ": [...]"));
      return List.of();
    }
    List<Value> list = expected.list(key, value);
    return list == null ? List.of() : list;
  }

  private void row(Value value) {
    Value.Entries entries = expected.mapping("a row", value);
    if (entries == null) {
      return;
    }
    expected.keys("a row", entries, List.of("label", "where"));
    String label = requiredText(entries, "label", "a row");
    if (label != null) {
      rows.add(new Table.Row(label, where(entries)));
      rowPlaces.add(value.place());
    }
  }

  private void column(Value value) {
    Value.Entries entries = expected.mapping("a column", value);
    if (entries == null) {
      return;
    }
    expected.keys("a column", entries, List.of("label", "from", "where", "metric", "prior"));
    String label = requiredText(entries, "label", "a column");
    String from = stage(entries);
    String metric = requiredText(entries, "metric", "a column");
    String prior = entries.get("prior") == null ? null : optionalText(entries, "prior", "");
    if (label != null && from != null && metric != null) {
      boolean twice = columns.stream().anyMatch(column -> column.label().equals(label));
      if (twice) {
        problems.add(value.place().problem("two columns are labelled " + label, "rename one"));
      }
      columns.add(new Table.Column(label, from, where(entries), metric, prior));
      Value named = entries.get("from");
      columnPlaces.add(named == null ? value.place() : named.place());
    }
  }

  /** {@code from: vqa} and {@code from: ${vqa}} mean the same. */
  private @Nullable String stage(Value.Entries entries) {
    return entries.get("from") instanceof Value.Reference reference && reference.where().isEmpty()
        ? reference.stage()
        : requiredText(entries, "from", "a column");
  }

  private Map<String, Object> where(Value.Entries entries) {
    Map<String, Object> where = new TreeMap<>();
    Value value = entries.get("where");
    Value.Entries conditions = value == null ? null : expected.mapping("where", value);
    if (conditions != null) {
      conditions
          .entries()
          .forEach(
              (dimension, entry) -> {
                if (entry.value() instanceof Value.Scalar scalar && scalar.value() != null) {
                  where.put(dimension, scalar.value());
                } else {
                  problems.add(
                      entry
                          .value()
                          .place()
                          .problem(
                              "where "
                                  + dimension
                                  + ": expected a label, found "
                                  + entry.value().described(),
                              "write where: {" + dimension + ": label}"));
                }
              });
    }
    return where;
  }

  private void paper(Value value) {
    Value.Entries entries = expected.mapping("paper", value);
    if (entries == null) {
      return;
    }
    expected.keys("paper", entries, List.of("caption", "scale", "values"));
    caption = optionalText(entries, "caption", "");
    scale(entries);
    Value values = entries.get("values");
    Value.Entries byRow = values == null ? null : expected.mapping("values", values);
    if (byRow == null) {
      return;
    }
    byRow
        .entries()
        .forEach(
            (row, entry) -> {
              printed.put(row, entry.key());
              Value.Entries byColumn = expected.mapping("values of " + row, entry.value());
              if (byColumn != null) {
                paper.put(row, printedRow(byColumn));
              }
            });
  }

  private void scale(Value.Entries entries) {
    Value value = entries.get("scale");
    sameScale = value != null && "same".equals(expected.word("scale", value, SCALES));
  }

  private Map<String, Double> printedRow(Value.Entries byColumn) {
    List<String> labels = columns.stream().map(Table.Column::label).toList();
    Map<String, Double> cells = new LinkedHashMap<>();
    byColumn
        .entries()
        .forEach(
            (column, entry) -> {
              Double number = expected.number(column, entry.value());
              if (!labels.contains(column)) {
                problems.add(
                    entry
                        .key()
                        .problem(
                            "the table " + name + " has no column " + column,
                            Suggestion.among(column, labels, "columns")));
              } else if (number != null) {
                cells.put(column, number);
              }
            });
    return cells;
  }

  private String optionalText(Value.Entries entries, String key, String otherwise) {
    Value value = entries.get(key);
    String text = value == null ? null : expected.text(key, value);
    return text == null ? otherwise : text;
  }

  private @Nullable String requiredText(Value.Entries entries, String key, String what) {
    Value value = entries.get(key);
    if (value == null) {
      problems.add(entries.place().problem(what + " has no " + key, "add " + key + ": ..."));
      return null;
    }
    return expected.text(key, value);
  }
}
