package org.amalgam.pipelines.plan;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Locale;
import org.amalgam.pipelines.recipe.Value;
import org.amalgam.pipelines.stage.ChosenBy;
import org.amalgam.pipelines.stage.Default;
import org.amalgam.pipelines.stage.Doc;
import org.amalgam.pipelines.stage.Incidental;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.Port;
import org.amalgam.pipelines.stage.Range;
import org.jspecify.annotations.Nullable;

/**
 * A component of a settings record, as recipes know it.
 *
 * @param name in kebab case
 * @param fallback the value where a recipe leaves it out; null if it has none
 * @param isOptional whether it may be left out without a default
 * @param chooser for a record that another setting chooses: the name of that setting
 */
record Setting(
    String name,
    RecordComponent component,
    @Nullable Value fallback,
    boolean isOptional,
    boolean isPort,
    @Nullable String chooser) {
  static Setting of(RecordComponent component) {
    String name = kebab(component.getName());
    Default fallback = component.getAnnotation(Default.class);
    ChosenBy chosen = component.getAnnotation(ChosenBy.class);
    return new Setting(
        name,
        component,
        fallback == null ? null : Value.ofYaml("default of " + name, fallback.value()),
        component.getAnnotatedType().isAnnotationPresent(Nullable.class),
        component.getType() == Input.class || isListPort(component.getGenericType()),
        chosen == null ? null : kebab(chosen.value()));
  }

  /** {@code imageSize} and {@code IMAGE_SIZE} are {@code image-size}. */
  static String kebab(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
  }

  Type type() {
    return component.getGenericType();
  }

  boolean isRequired() {
    return fallback == null && !isOptional;
  }

  boolean isIncidental() {
    return component.isAnnotationPresent(Incidental.class);
  }

  @Nullable Range range() {
    return component.getAnnotation(Range.class);
  }

  /** One sentence, or an empty text. */
  String doc() {
    Doc doc = component.getAnnotation(Doc.class);
    return doc == null ? "" : doc.value();
  }

  boolean isListPort() {
    return isListPort(type());
  }

  private static boolean isListPort(Type type) {
    return type instanceof ParameterizedType list
        && list.getRawType() == List.class
        && list.getActualTypeArguments()[0] == Input.class;
  }

  /** What a port takes; empty for anything. */
  List<String> kinds() {
    Port port = component.getAnnotation(Port.class);
    return port == null ? List.of() : List.of(port.value());
  }
}
