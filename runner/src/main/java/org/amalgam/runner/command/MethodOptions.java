package org.amalgam.runner.command;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.stages.merging.MergeMethod;
import org.amalgam.stages.merging.MergeMethods;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The settings of all merge methods as options: each component of a method's record is one. */
final class MethodOptions {
  private final CommandSpec spec;

  private MethodOptions(CommandSpec spec) {
    this.spec = spec;
  }

  /** Adds an option for every setting of every method. */
  static MethodOptions addTo(CommandSpec spec) {
    Map<String, List<RecordComponent>> components = new LinkedHashMap<>();
    Map<RecordComponent, String> methods = new LinkedHashMap<>();
    MergeMethods.byName()
        .forEach(
            (method, type) -> {
              for (RecordComponent component : type.getRecordComponents()) {
                components
                    .computeIfAbsent(option(component), n -> new ArrayList<>())
                    .add(component);
                methods.put(component, method);
              }
            });
    components.forEach(
        (name, alike) -> {
          RecordComponent first = alike.get(0);
          boolean flag = first.getType() == boolean.class;
          // What methods say of it alike is said once.
          Map<String, List<String>> texts = new LinkedHashMap<>();
          for (RecordComponent component : alike) {
            texts
                .computeIfAbsent(doc(component), text -> new ArrayList<>())
                .add(methods.get(component) + (flag ? "" : fallback(component)));
          }
          spec.addOption(
              OptionSpec.builder("--" + name)
                  .type(flag ? boolean.class : String.class)
                  .arity(flag ? "0" : "1")
                  .paramLabel(label(first))
                  .description(
                      texts.entrySet().stream()
                          .map(
                              text ->
                                  text.getKey() + " (" + String.join(", ", text.getValue()) + ")")
                          .collect(Collectors.joining("; ")))
                  .build());
        });
    return new MethodOptions(spec);
  }

  /** The option's name without dashes; a flag that is on by default is there to turn it off. */
  private static String option(RecordComponent component) {
    return (isOnByDefault(component) ? "no-" : "") + kebab(component.getName());
  }

  private static boolean isOnByDefault(RecordComponent component) {
    Default fallback = component.getAnnotation(Default.class);
    return component.getType() == boolean.class
        && fallback != null
        && Boolean.parseBoolean(fallback.value());
  }

  private static String fallback(RecordComponent component) {
    Default fallback = component.getAnnotation(Default.class);
    return fallback == null ? "" : " [" + fallback.value() + "]";
  }

  private static String label(RecordComponent component) {
    Class<?> type = component.getType();
    if (type.isEnum()) {
      return String.join("|", constants(type).keySet());
    }
    return type == List.class ? "X,X,..." : "X";
  }

  private static String doc(RecordComponent component) {
    Doc doc = component.getAnnotation(Doc.class);
    String text = doc == null ? "" : doc.value().replaceFirst("\\.$", "");
    if (component.getType() == boolean.class) {
      text = text.replaceFirst("^Whether ", isOnByDefault(component) ? "do not have that " : "");
    }
    return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }

  /**
   * The method with its settings.
   *
   * @throws ParameterException if there is no such method, it lacks a setting, or one is given that
   *     it does not have
   */
  MergeMethod method(String name) {
    Class<? extends Record> type = MergeMethods.byName().get(name);
    if (type == null) {
      throw wrong(
          "no merge method is named "
              + name
              + "; there are "
              + String.join(", ", MergeMethods.byName().keySet()));
    }
    RecordComponent[] components = type.getRecordComponents();
    List<String> names = Stream.of(components).map(MethodOptions::option).toList();
    for (Class<? extends Record> other : MergeMethods.byName().values()) {
      for (RecordComponent component : other.getRecordComponents()) {
        String option = option(component);
        if (!names.contains(option) && given(option) != null) {
          throw wrong(
              "method %s has no --%s; it has %s"
                  .formatted(
                      name,
                      option,
                      names.isEmpty() ? "no options" : "--" + String.join(", --", names)));
        }
      }
    }
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < values.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(name, components[i]);
    }
    try {
      return (MergeMethod) type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw wrong(String.valueOf(refused.getMessage()));
      }
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private @Nullable Object given(String option) {
    OptionSpec found = spec.findOption("--" + option);
    Object value = found == null ? null : found.getValue();
    return Boolean.FALSE.equals(value) ? null : value;
  }

  private Object value(String method, RecordComponent component) {
    String option = option(component);
    Default fallback = component.getAnnotation(Default.class);
    Object given = given(option);
    if (given == null && fallback == null) {
      throw wrong("method " + method + " needs --" + option + ": " + doc(component));
    }
    String text = given == null && fallback != null ? fallback.value() : String.valueOf(given);
    Class<?> type = component.getType();
    if (type == boolean.class) {
      return isOnByDefault(component) ? given == null : given != null;
    }
    if (type == double.class) {
      return number(option, text, component);
    }
    if (type == long.class) {
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException e) {
        throw wrong("--" + option + " must be a whole number, is " + text);
      }
    }
    if (type == List.class) {
      return Arrays.stream(text.split(",", -1)).map(one -> number(option, one, component)).toList();
    }
    Object constant = constants(type).get(text);
    if (constant == null) {
      throw wrong(
          "--%s must be one of %s, is %s"
              .formatted(option, String.join(", ", constants(type).keySet()), text));
    }
    return constant;
  }

  private Double number(String option, String text, RecordComponent component) {
    double number;
    try {
      number = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw wrong("--" + option + " must be a number, is " + text);
    }
    Range range = component.getAnnotation(Range.class);
    boolean within = range == null || (number >= range.min() && number <= range.max());
    if (!within || !Double.isFinite(number)) {
      throw wrong(
          "--%s must be %s, is %s"
              .formatted(
                  option,
                  range == null ? "finite" : "in [" + range.min() + ", " + range.max() + "]",
                  text));
    }
    return number;
  }

  private static Map<String, Object> constants(Class<?> type) {
    Map<String, Object> constants = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      constants.put(kebab(((Enum<?>) constant).name()), constant);
    }
    return constants;
  }

  private static String kebab(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
