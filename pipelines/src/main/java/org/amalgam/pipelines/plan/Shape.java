package org.amalgam.pipelines.plan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.amalgam.pipelines.recipe.Value;
import org.amalgam.pipelines.stage.StageType;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a stage type once it is known which records are chosen.
 *
 * @param settings all that may be written, those of the chosen records among them, by name
 * @param chosen component name (kebab case) to the chosen record
 */
record Shape(
    StageType<?> type, Map<String, Setting> settings, Map<String, Class<? extends Record>> chosen) {

  /**
   * @param choosing the value of a setting that chooses, by name; null where it is left out
   */
  static Shape of(
      StageType<?> type, java.util.function.Function<String, @Nullable Value> choosing) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    Map<String, Class<? extends Record>> chosen = new LinkedHashMap<>();
    for (Setting setting : SettingsForm.of(type.settings()).settings()) {
      String chooser = setting.chooser();
      if (chooser == null) {
        settings.put(setting.name(), setting);
        continue;
      }
      Value value = choosing.apply(chooser);
      if (value == null) {
        value = main(type, chooser).map(Setting::fallback).orElse(null);
      }
      if (value instanceof Value.Scalar scalar && scalar.value() instanceof String name) {
        Class<? extends Record> record = choices(type, setting).get(name);
        if (record != null) {
          chosen.put(setting.name(), record);
          SettingsForm.of(record).settings().forEach(inner -> settings.put(inner.name(), inner));
        }
      }
    }
    return new Shape(type, settings, chosen);
  }

  /** The records that a component may be, by the names that choose them. */
  static Map<String, Class<? extends Record>> choices(StageType<?> type, Setting setting) {
    for (Map.Entry<String, Map<String, Class<? extends Record>>> entry :
        type.choices().entrySet()) {
      if (Setting.kebab(entry.getKey()).equals(setting.name())) {
        return entry.getValue();
      }
    }
    throw new IllegalStateException(
        "the stage type " + type.name() + " names no choices for " + setting.name());
  }

  /** The names of the settings that choose a record. */
  static List<String> choosers(StageType<?> type) {
    return SettingsForm.of(type.settings()).settings().stream()
        .map(Setting::chooser)
        .filter(java.util.Objects::nonNull)
        .distinct()
        .toList();
  }

  private static Optional<Setting> main(StageType<?> type, String name) {
    return SettingsForm.of(type.settings()).settings().stream()
        .filter(setting -> setting.name().equals(name))
        .findFirst();
  }
}
