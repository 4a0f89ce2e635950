package org.amalgam.pipelines.plan;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.amalgam.pipelines.recipe.Labels;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.pipelines.recipe.Value;
import org.amalgam.pipelines.stage.Range;
import org.jspecify.annotations.Nullable;

/** Values of a recipe to the types of record components. */
final class Conversion {
  /** The constants of an enum by their names in recipes. */
  private static final ClassValue<Map<String, Object>> CONSTANTS =
      new ClassValue<>() {
        @Override
        protected Map<String, Object> computeValue(Class<?> type) {
          Map<String, Object> constants = new LinkedHashMap<>();
          for (Object constant : type.getEnumConstants()) {
            constants.put(Setting.kebab(((Enum<?>) constant).name()), constant);
          }
          return Collections.unmodifiableMap(constants);
        }
      };

  private final List<Problem> problems;

  Conversion(List<Problem> problems) {
    this.problems = problems;
  }

  /** The value of a setting, or null and a problem. */
  @Nullable Object convert(Setting setting, Value value) {
    return convert(setting, setting.name(), value, setting.type());
  }

  private @Nullable Object convert(Setting setting, String name, Value value, Type type) {
    if (value instanceof Value.Unknown) {
      return null;
    }
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class) {
        return list(setting, name, value, arguments[0]);
      }
      if (generic.getRawType() == Map.class) {
        return map(setting, name, value, arguments[1]);
      }
    } else if (type instanceof Class<?> plain) {
      if (plain.isRecord()) {
        return record(name, value, plain.asSubclass(Record.class));
      }
      return scalar(setting, name, value, plain);
    }
    throw new IllegalStateException(
        "the setting " + name + " has a type that recipes lack: " + type);
  }

  private @Nullable Object scalar(Setting setting, String name, Value value, Class<?> type) {
    Object given = value instanceof Value.Scalar scalar ? scalar.value() : null;
    if (type == String.class) {
      boolean scalar = given != null && !(given instanceof String);
      return given instanceof String
          ? given
          : wrong(setting, name, "text", value, scalar ? "put it in quotes" : setting.doc());
    }
    if (type == boolean.class || type == Boolean.class) {
      return given instanceof Boolean
          ? given
          : wrong(setting, name, "true or false", value, setting.doc());
    }
    if (type == double.class || type == Double.class) {
      if (given instanceof Number number && Double.isFinite(number.doubleValue())) {
        return inRange(setting, name, value, number.doubleValue());
      }
      return wrong(setting, name, "a number", value, setting.doc());
    }
    if (type == long.class || type == Long.class) {
      return given instanceof Long number
          ? inRange(setting, name, value, number)
          : wrong(setting, name, "a whole number", value, whole(setting, given));
    }
    if (type == int.class || type == Integer.class) {
      if (!(given instanceof Long number)) {
        return wrong(setting, name, "a whole number", value, whole(setting, given));
      }
      if (number != number.intValue()) {
        problems.add(
            value
                .place()
                .problem(name + " must be at most " + Integer.MAX_VALUE + ", is " + number, ""));
        return null;
      }
      return inRange(setting, name, value, number.intValue());
    }
    if (type.isEnum()) {
      return constant(setting, name, value, given, type);
    }
    throw new IllegalStateException(
        "the setting " + name + " has a type that recipes lack: " + type);
  }

  private @Nullable Object constant(
      Setting setting, String name, Value value, @Nullable Object given, Class<?> type) {
    Map<String, Object> constants = CONSTANTS.get(type);
    if (!(given instanceof String text)) {
      return wrong(
          setting, name, "one of " + String.join(", ", constants.keySet()), value, setting.doc());
    }
    Object constant = constants.get(text);
    if (constant == null) {
      problems.add(
          value
              .place()
              .problem(
                  name + " cannot be \"" + text + "\"",
                  Suggestion.among(text, constants.keySet(), "it can be")));
    }
    return constant;
  }

  private @Nullable Object list(Setting setting, String name, Value value, Type type) {
    if (!(value instanceof Value.Items list)) {
      return wrong(setting, name, "a list", value, "write [a, b]");
    }
    List<Object> items = new ArrayList<>();
    for (int i = 0; i < list.items().size(); i++) {
      Object item = convert(setting, name + "[" + i + "]", list.items().get(i), type);
      if (item != null) {
        items.add(item);
      }
    }
    return items.size() == list.items().size() ? List.copyOf(items) : null;
  }

  private @Nullable Object map(Setting setting, String name, Value value, Type type) {
    if (!(value instanceof Value.Entries mapping) || mapping.isChoice()) {
      return wrong(setting, name, "a mapping", value, "write {name: value}");
    }
    Map<String, Object> entries = new LinkedHashMap<>();
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              Object item = convert(setting, name + "." + key, entry.value(), type);
              if (item != null) {
                entries.put(key, item);
              }
            });
    return entries.size() == mapping.entries().size() ? Collections.unmodifiableMap(entries) : null;
  }

  /** A record written as a mapping of its own. */
  private @Nullable Record record(String name, Value value, Class<? extends Record> type) {
    if (!(value instanceof Value.Entries mapping) || mapping.isChoice()) {
      problems.add(
          value.place().problem(name + ": expected a mapping, found " + value.described(), ""));
      return null;
    }
    SettingsForm form = SettingsForm.of(type);
    List<String> names = form.settings().stream().map(Setting::name).toList();
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              if (!names.contains(key)) {
                problems.add(
                    entry
                        .key()
                        .problem(
                            "unknown setting " + key + " in " + name,
                            Suggestion.among(key, names, "settings")));
              }
            });
    @Nullable Object[] values = new Object[names.size()];
    boolean sound = true;
    for (int i = 0; i < values.length; i++) {
      Setting inner = form.settings().get(i);
      Value.Entry entry = mapping.entries().get(inner.name());
      Value given = entry == null || isEmpty(entry.value()) ? inner.fallback() : entry.value();
      if (given != null) {
        values[i] = convert(inner, name + "." + inner.name(), given, inner.type());
        sound &= values[i] != null;
      } else if (!inner.isOptional()) {
        problems.add(
            value.place().problem(name + " needs the setting " + inner.name(), inner.doc()));
        sound = false;
      }
    }
    try {
      return sound ? form.create(values) : null;
    } catch (IllegalArgumentException e) {
      problems.add(value.place().problem(name + ": " + e.getMessage(), ""));
      return null;
    }
  }

  /** Whether nothing is written after a key. */
  static boolean isEmpty(Value value) {
    return value instanceof Value.Scalar scalar && scalar.value() == null;
  }

  private @Nullable Object inRange(Setting setting, String name, Value value, Number number) {
    Range range = setting.range();
    if (range == null
        || (number.doubleValue() >= range.min() && number.doubleValue() <= range.max())) {
      return number;
    }
    problems.add(
        value
            .place()
            .problem(
                name + " must be " + describe(range) + ", is " + Labels.of(number), setting.doc()));
    return null;
  }

  static String describe(Range range) {
    if (range.max() == Double.POSITIVE_INFINITY) {
      return "at least " + Labels.of(range.min());
    }
    if (range.min() == Double.NEGATIVE_INFINITY) {
      return "at most " + Labels.of(range.max());
    }
    return "in [" + Labels.of(range.min()) + ", " + Labels.of(range.max()) + "]";
  }

  private static String whole(Setting setting, @Nullable Object given) {
    boolean isWhole =
        given instanceof Double number
            && number == Math.rint(number)
            && Math.abs(number) < Long.MAX_VALUE;
    boolean spaced = given instanceof String text && text.matches("[0-9][0-9_ ']*");
    return isWhole || spaced ? "write it with digits only" : setting.doc();
  }

  private @Nullable Object wrong(
      Setting setting, String name, String expected, Value value, String fix) {
    boolean spelled =
        value instanceof Value.Scalar scalar
            && Set.of("yes", "no", "on", "off", "True", "False", "TRUE", "FALSE", "Yes", "No")
                .contains(Labels.of(scalar.value()));
    String hint = expected.startsWith("true") && spelled ? "only true and false are booleans" : fix;
    problems.add(
        value
            .place()
            .problem(name + ": expected " + expected + ", found " + value.described(), hint));
    return null;
  }
}
