package org.amalgam.pipelines.plan;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.amalgam.pipelines.recipe.Place;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.StageEntry;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.pipelines.recipe.Value;
import org.amalgam.pipelines.stage.Input;
import org.jspecify.annotations.Nullable;

/** Makes the settings record of a stage from what its entry says, and back. */
final class Binder {
  private final StageEntry entry;
  private final Shape shape;
  private final Map<RecordComponent, Map<Value, Object>> converted = new IdentityHashMap<>();

  Binder(StageEntry entry, Shape shape) {
    this.entry = entry;
    this.shape = shape;
  }

  /**
   * @param values by name, null where the recipe leaves it out
   * @param ports what fills each port; a port that is left out is not there
   * @return null if there is a problem
   */
  @Nullable Record bind(
      Function<String, @Nullable Value> values,
      Map<String, List<Input>> ports,
      List<Problem> problems) {
    return bind(SettingsForm.of(shape.type().settings()), values, ports, problems);
  }

  private @Nullable Record bind(
      SettingsForm form,
      Function<String, @Nullable Value> values,
      Map<String, List<Input>> ports,
      List<Problem> problems) {
    @Nullable Object[] arguments = new Object[form.settings().size()];
    boolean sound = true;
    for (int i = 0; i < arguments.length; i++) {
      Setting setting = form.settings().get(i);
      Class<? extends Record> chosen = shape.chosen().get(setting.name());
      if (chosen != null) {
        arguments[i] = bind(SettingsForm.of(chosen), values, ports, problems);
        sound &= arguments[i] != null;
      } else if (setting.chooser() != null) {
        sound &= !isMisnamed(setting, values, problems) && setting.isOptional();
      } else if (setting.isPort()) {
        List<Input> inputs = ports.get(setting.name());
        if (inputs != null) {
          arguments[i] = setting.isListPort() ? List.copyOf(inputs) : inputs.get(0);
        } else if (!setting.isOptional()) {
          problems.add(missing(setting));
          sound = false;
        }
      } else {
        Value given = values.apply(setting.name());
        if (given instanceof Value.Unknown) {
          sound = false;
          continue;
        }
        Value value = given == null || Conversion.isEmpty(given) ? setting.fallback() : given;
        if (value != null) {
          arguments[i] = converted(setting, value, problems);
          sound &= arguments[i] != null;
        } else if (setting.isRequired()) {
          problems.add(missing(setting));
          sound = false;
        }
      }
    }
    return sound ? create(form, arguments, values, problems) : null;
  }

  /** Points share most values: each is converted once. Stages bind in threads of their own. */
  private synchronized @Nullable Object converted(
      Setting setting, Value value, List<Problem> problems) {
    Map<Value, Object> known =
        converted.computeIfAbsent(setting.component(), key -> new IdentityHashMap<>());
    Object before = known.get(value);
    if (before != null) {
      return before;
    }
    Object now = new Conversion(problems).convert(setting, value);
    if (now != null) {
      known.put(value, now);
    }
    return now;
  }

  private @Nullable Record create(
      SettingsForm form,
      @Nullable Object[] arguments,
      Function<String, @Nullable Value> values,
      List<Problem> problems) {
    try {
      return form.create(arguments);
    } catch (IllegalArgumentException e) {
      // A message that begins with a setting's name is shown at that setting.
      String message = String.valueOf(e.getMessage());
      String first = Setting.kebab(message.split("[^A-Za-z0-9_-]", 2)[0]);
      Value at = shape.settings().containsKey(first) ? values.apply(first) : null;
      Place place = at == null ? entry.place() : at.place();
      problems.add(
          place.problem(at == null ? "the stage " + entry.name() + ": " + message : message, ""));
      return null;
    }
  }

  /** Whether the choice names a record that is not there; that it names none is no mistake here. */
  private boolean isMisnamed(
      Setting setting, Function<String, @Nullable Value> values, List<Problem> problems) {
    String chooser = String.valueOf(setting.chooser());
    Map<String, Class<? extends Record>> choices = Shape.choices(shape.type(), setting);
    if (values.apply(chooser) instanceof Value.Scalar scalar
        && scalar.value() instanceof String name
        && !choices.containsKey(name)) {
      problems.add(
          scalar
              .place()
              .problem(
                  "there is no " + chooser + " " + name,
                  Suggestion.among(name, choices.keySet(), "it can be")));
      return true;
    }
    return false;
  }

  private Problem missing(Setting setting) {
    String what = setting.isPort() ? "input" : "setting";
    String doc = setting.doc().isEmpty() ? "" : ": " + setting.doc();
    return entry
        .place()
        .problem(
            "the stage " + entry.name() + " needs the " + what + " " + setting.name(),
            setting.isPort()
                ? "add " + setting.name() + ": ${STAGE}" + kinds(setting)
                : "add " + setting.name() + doc);
  }

  private static String kinds(Setting port) {
    return port.kinds().isEmpty() ? "" : " (" + String.join(" or ", port.kinds()) + ")";
  }

  /** The settings of a record as canonical JSON values, without ports and empty settings. */
  static Map<String, Object> plain(Record record, boolean withIncidental) {
    Map<String, Object> plain = new TreeMap<>();
    for (Setting setting : SettingsForm.of(record.getClass()).settings()) {
      Object value = SettingsForm.get(record, setting);
      boolean left = setting.isPort() || (setting.isIncidental() && !withIncidental);
      if (value == null || left) {
        continue;
      }
      if (setting.chooser() != null) {
        plain.putAll(plain((Record) value, withIncidental));
      } else {
        plain.put(setting.name(), plain(value, withIncidental));
      }
    }
    return Collections.unmodifiableMap(plain);
  }

  private static Object plain(Object value, boolean withIncidental) {
    if (value instanceof Record record) {
      return plain(record, withIncidental);
    }
    if (value instanceof Enum<?> constant) {
      return Setting.kebab(constant.name());
    }
    if (value instanceof Integer whole) {
      return whole.longValue();
    }
    if (value instanceof List<?> list) {
      List<Object> items = new ArrayList<>();
      list.forEach(item -> items.add(plain(item, withIncidental)));
      return List.copyOf(items);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> entries = new TreeMap<>();
      map.forEach((key, item) -> entries.put((String) key, plain(item, withIncidental)));
      return Collections.unmodifiableMap(entries);
    }
    return value;
  }
}
