package org.amalgam.pipelines.recipe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A value of a recipe and where it was written. Shared between all that refer to it. */
public sealed interface Value {
  Place place();

  /** How a message names what stands there: "text", "a list", "0.5". */
  String described();

  /**
   * A text, number, boolean or nothing.
   *
   * @param value a String, Long, Double, Boolean or null
   */
  record Scalar(@Nullable Object value, Place place) implements Value {
    @Override
    public String described() {
      return value instanceof String text
          ? "the text \"" + (text.length() > 60 ? text.substring(0, 60) + "..." : text) + "\""
          : value == null ? "empty" : value.toString();
    }
  }

  /** A list. */
  record Items(List<Value> items, Place place) implements Value {
    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String described() {
      return "a list";
    }
  }

  /** A mapping, in the order in which it was written. */
  record Entries(Map<String, Entry> entries, Place place) implements Value {
    public Entries {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    public @Nullable Value get(String key) {
      Entry entry = entries.get(key);
      return entry == null ? null : entry.value();
    }

    /** Whether it is {@code {each: ...}}. */
    public boolean isChoice() {
      return entries.containsKey("each");
    }

    Entries with(String key, Entry entry) {
      Map<String, Entry> changed = new LinkedHashMap<>(entries);
      Entry before = changed.get(key);
      changed.put(key, before == null ? entry : new Entry(before.key(), entry.value()));
      return new Entries(changed, place);
    }

    @Override
    public String described() {
      return isChoice() ? "a choice (each)" : "a mapping";
    }
  }

  /** What could not be resolved: there is a problem already, and no other is to follow from it. */
  record Unknown(Place place) implements Value {
    @Override
    public String described() {
      return "unknown";
    }
  }

  /** A key's place and its value. */
  record Entry(Place key, Value value) {}

  /** The points of a stage: {@code ${merged}}, {@code ${merged[alpha=0.5]}}. */
  record Reference(String stage, SortedMap<String, String> where, Place place) implements Value {
    @Override
    public String described() {
      return "a reference to the stage " + stage;
    }

    /** As in a point's name. */
    public String label() {
      return Selection.name(stage, where);
    }
  }

  /**
   * Reads a YAML text of a user's; places are in {@code file}.
   *
   * @throws RecipeException if it is not YAML or empty
   */
  static Value parse(String file, String yaml) throws RecipeException {
    List<Problem> problems = new ArrayList<>();
    Value value = YamlText.read(Source.of(file, yaml), yaml, problems);
    if (value == null) {
      throw new RecipeException(problems);
    }
    return value;
  }

  /**
   * Reads a YAML text that a program holds, such as a default.
   *
   * @throws IllegalArgumentException if it is not YAML
   */
  static Value ofYaml(String what, String yaml) {
    List<Problem> problems = new ArrayList<>();
    Value value =
        yaml.isBlank()
            ? new Scalar(yaml, Place.ofArgument(what, yaml))
            : YamlText.read(Source.of(what, yaml), yaml, problems);
    if (value == null) {
      throw new IllegalArgumentException(what + ": " + problems.get(0).render());
    }
    return value;
  }

  /**
   * The opposite of {@link #plain}: lists, mappings, texts, numbers, booleans and null.
   *
   * @throws IllegalArgumentException if there is something else in it
   */
  static Value ofPlain(@Nullable Object plain, Place place) {
    if (plain instanceof Map<?, ?> map) {
      Map<String, Entry> entries = new LinkedHashMap<>();
      map.forEach((k, v) -> entries.put(String.valueOf(k), new Entry(place, ofPlain(v, place))));
      return new Entries(entries, place);
    }
    if (plain instanceof List<?> list) {
      return new Items(list.stream().map(item -> ofPlain(item, place)).toList(), place);
    }
    if (plain == null
        || plain instanceof String
        || plain instanceof Boolean
        || plain instanceof Long
        || plain instanceof Double) {
      return new Scalar(plain, place);
    }
    throw new IllegalArgumentException("no value of a recipe: " + plain);
  }

  /** Without places: what {@code CanonicalJson} writes. */
  default @Nullable Object plain() {
    if (this instanceof Scalar scalar) {
      return scalar.value();
    }
    if (this instanceof Reference reference) {
      return "${" + reference.label() + "}";
    }
    if (this instanceof Unknown) {
      return null;
    }
    if (this instanceof Items list) {
      List<@Nullable Object> plain = new ArrayList<>();
      list.items().forEach(item -> plain.add(item.plain()));
      return plain;
    }
    Map<String, @Nullable Object> plain = new LinkedHashMap<>();
    ((Entries) this).entries().forEach((key, entry) -> plain.put(key, entry.value().plain()));
    return plain;
  }
}
