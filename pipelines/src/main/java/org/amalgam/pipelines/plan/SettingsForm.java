package org.amalgam.pipelines.plan;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a settings record is written in a recipe: one entry a component. */
record SettingsForm(
    Class<? extends Record> type,
    List<Setting> settings,
    Constructor<? extends Record> constructor) {
  private static final ClassValue<SettingsForm> FORMS =
      new ClassValue<>() {
        @Override
        protected SettingsForm computeValue(Class<?> type) {
          return read(type.asSubclass(Record.class));
        }
      };

  static SettingsForm of(Class<? extends Record> type) {
    return FORMS.get(type);
  }

  private static SettingsForm read(Class<? extends Record> type) {
    RecordComponent[] components = type.getRecordComponents();
    try {
      Constructor<? extends Record> constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      for (RecordComponent component : components) {
        component.getAccessor().setAccessible(true);
      }
      return new SettingsForm(
          type, Arrays.stream(components).map(Setting::of).toList(), constructor);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("a record without its constructor: " + type, e);
    }
  }

  /**
   * Calls the constructor.
   *
   * @throws IllegalArgumentException if the record refuses the values
   */
  Record create(@Nullable Object[] values) {
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException("the constructor of " + type + " failed", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot call the constructor of " + type, e);
    }
  }

  static @Nullable Object get(Record record, Setting setting) {
    try {
      return setting.component().getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot read " + setting.name() + " of " + record, e);
    }
  }
}
