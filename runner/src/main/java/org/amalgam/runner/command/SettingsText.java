package org.amalgam.runner.command;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.amalgam.pipelines.stage.ChosenBy;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.pipelines.stage.StageType;
import org.jspecify.annotations.Nullable;

/** A stage type's settings for people, read off the record that recipes are checked against. */
final class SettingsText {
  private final StringBuilder text = new StringBuilder();

  private SettingsText() {}

  static String of(StageType<?> type) {
    SettingsText settings = new SettingsText();
    settings.text.append(type.name()).append(": ").append(type.summary()).append('\n');
    settings.text.append("makes ").append(type.produces()).append("\n\n");
    settings.components(type.settings(), type.choices(), "  ");
    return settings.text.toString();
  }

  private void components(
      Class<?> settings, Map<String, Map<String, Class<? extends Record>>> choices, String indent) {
    for (RecordComponent component : settings.getRecordComponents()) {
      ChosenBy chosenBy = component.getAnnotation(ChosenBy.class);
      if (chosenBy != null) {
        choices
            .getOrDefault(component.getName(), Map.of())
            .forEach(
                (name, choice) -> {
                  text.append(indent).append("with ").append(chosenBy.value());
                  text.append(": ").append(name).append('\n');
                  components(choice, Map.of(), indent + "  ");
                });
      } else {
        component(component, indent);
      }
    }
  }

  private void component(RecordComponent component, String indent) {
    List<String> facts = new ArrayList<>();
    facts.add(kind(component));
    Range range = component.getAnnotation(Range.class);
    if (range != null) {
      facts.add(range(range));
    }
    Default standard = component.getAnnotation(Default.class);
    boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    facts.add(
        standard != null ? "default " + standard.value() : optional ? "optional" : "required");
    if (component.isAnnotationPresent(Incidental.class)) {
      facts.add("not in the key");
    }
    String name = kebab(component.getName());
    text.append(indent).append("%-18s ".formatted(name)).append(String.join(", ", facts));
    text.append('\n');
    Doc doc = component.getAnnotation(Doc.class);
    if (doc != null) {
      text.append(indent).append("    ").append(doc.value()).append('\n');
    }
    if (component.getType().isRecord() && component.getType() != Input.class) {
      components(component.getType(), Map.of(), indent + "    ");
    }
  }

  private static String kind(RecordComponent component) {
    Port port = component.getAnnotation(Port.class);
    if (port != null) {
      String takes = String.join(" or ", port.value());
      return component.getType() == Input.class ? "input: " + takes : "inputs: " + takes;
    }
    return kind(component.getGenericType());
  }

  private static String kind(Type type) {
    if (type instanceof ParameterizedType generic) {
      List<String> arguments =
          Arrays.stream(generic.getActualTypeArguments()).map(SettingsText::kind).toList();
      return generic.getRawType() == List.class
          ? "list of " + arguments.get(0)
          : "map of " + String.join(" to ", arguments);
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isEnum()) {
      return String.join(
          " | ", Arrays.stream(plain.getEnumConstants()).map(SettingsText::choice).toList());
    }
    if (plain == String.class) {
      return "text";
    }
    if (plain == int.class
        || plain == long.class
        || plain == Integer.class
        || plain == Long.class) {
      return "whole number";
    }
    if (plain == double.class || plain == Double.class) {
      return "number";
    }
    return plain == boolean.class ? "true | false" : "settings";
  }

  private static String choice(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String range(Range range) {
    boolean low = range.min() != Double.NEGATIVE_INFINITY;
    boolean high = range.max() != Double.POSITIVE_INFINITY;
    if (low && high) {
      return "from " + number(range.min()) + " to " + number(range.max());
    }
    return low ? "at least " + number(range.min()) : "at most " + number(range.max());
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private static String kebab(String name) {
    StringBuilder kebab = new StringBuilder();
    for (char c : name.toCharArray()) {
      kebab.append(Character.isUpperCase(c) ? "-" + Character.toLowerCase(c) : c);
    }
    return kebab.toString();
  }
}
