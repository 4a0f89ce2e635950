package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Value;
import org.jspecify.annotations.Nullable;

/** Settings as they are where a recipe says nothing. */
public final class Defaults {
  private Defaults() {}

  /**
   * The settings with every default.
   *
   * @param type a settings record of which every component has a default
   */
  public static <R extends Record> R of(Class<R> type) {
    SettingsForm form = SettingsForm.of(type);
    List<Problem> problems = new ArrayList<>();
    @Nullable Object[] values = new Object[form.settings().size()];
    for (int i = 0; i < values.length; i++) {
      Setting setting = form.settings().get(i);
      Value fallback = setting.fallback();
      values[i] = fallback == null ? null : new Conversion(problems).convert(setting, fallback);
      if (values[i] == null) {
        throw new IllegalArgumentException(type + " has no sound default of " + setting.name());
      }
    }
    return type.cast(form.create(values));
  }
}
