package org.amalgam.pipelines.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a recipe that profiles and {@code --set} change, before variables are resolved.
 *
 * <p>A path is first looked for among the variables, then among the recipe's own settings ({@code
 * seed}, {@code replicates}, {@code environment.threads}), then it is {@code stage.setting}.
 */
final class Overrides {
  static final List<String> GLOBALS = List.of("seed", "replicates", "environment");

  Value.Entries vars;
  final Map<String, Value.Entry> globals = new LinkedHashMap<>();
  final Map<String, Value.Entry> stages = new LinkedHashMap<>();

  Overrides(Value.Entries vars) {
    this.vars = vars;
  }

  /** Applies a profile: dotted paths or nested mappings. Each entry must match something. */
  void apply(Value.Entries profile, boolean really, List<Problem> problems) {
    profile
        .entries()
        .forEach(
            (key, entry) -> {
              if (!key.equals("extends")) {
                apply(key, entry, really, problems);
              }
            });
  }

  /**
   * Changes what a path names.
   *
   * @param really false to check only whether there is something to change
   */
  void apply(String path, Value.Entry entry, boolean really, List<Problem> problems) {
    List<String> steps = List.of(path.split("\\.", -1));
    if (!set(steps, entry, really, problems)) {
      TreeSet<String> known = new TreeSet<>(Interpolation.paths(vars));
      known.addAll(GLOBALS);
      stages.forEach(
          (name, stage) -> {
            if (stage.value() instanceof Value.Entries settings) {
              settings.entries().keySet().forEach(setting -> known.add(name + "." + setting));
            }
          });
      problems.add(
          entry
              .key()
              .problem(
                  path + " is neither a variable nor a setting of a stage",
                  Suggestion.among(path, known, "what can be set")));
    }
  }

  private boolean set(
      List<String> steps, Value.Entry entry, boolean really, List<Problem> problems) {
    String first = steps.get(0);
    Value before = at(vars, steps);
    if (before != null) {
      if (before instanceof Value.Entries old && isNested(entry.value()) && isNested(old)) {
        return each(steps, entry, really, problems);
      }
      if (really) {
        vars = with(vars, steps, entry);
      }
      return true;
    }
    if (GLOBALS.contains(first) && steps.size() <= (first.equals("environment") ? 2 : 1)) {
      if (first.equals("environment") && steps.size() == 1 && isNested(entry.value())) {
        return each(steps, entry, really, problems);
      }
      if (really) {
        setGlobal(steps, entry);
      }
      return true;
    }
    Value.Entry stage = stages.get(first);
    if (stage == null) {
      return false;
    }
    if (steps.size() == 1) {
      return isNested(entry.value()) && each(steps, entry, really, problems);
    }
    if (really && stage.value() instanceof Value.Entries settings) {
      Value.Entries changed = with(settings, steps.subList(1, steps.size()), entry);
      stages.put(first, new Value.Entry(stage.key(), changed));
    }
    return true;
  }

  private void setGlobal(List<String> steps, Value.Entry entry) {
    Value.Entry before = globals.get(steps.get(0));
    if (steps.size() == 1) {
      globals.put(steps.get(0), entry);
      return;
    }
    Value.Entries environment =
        before != null && before.value() instanceof Value.Entries old
            ? old
            : new Value.Entries(Map.of(), entry.key());
    globals.put(
        steps.get(0),
        new Value.Entry(
            before == null ? entry.key() : before.key(), environment.with(steps.get(1), entry)));
  }

  private boolean each(
      List<String> steps, Value.Entry entry, boolean really, List<Problem> problems) {
    ((Value.Entries) entry.value())
        .entries()
        .forEach(
            (key, inner) -> apply(String.join(".", steps) + "." + key, inner, really, problems));
    return true;
  }

  private static boolean isNested(Value value) {
    return value instanceof Value.Entries entries
        && !entries.isChoice()
        && !entries.entries().isEmpty();
  }

  private static @Nullable Value at(Value.Entries root, List<String> steps) {
    Value at = root;
    for (String step : steps) {
      at = at instanceof Value.Entries entries ? entries.get(step) : null;
      if (at == null) {
        return null;
      }
    }
    return at;
  }

  private static Value.Entries with(Value.Entries root, List<String> steps, Value.Entry entry) {
    if (steps.size() == 1) {
      return root.with(steps.get(0), new Value.Entry(entry.key(), entry.value()));
    }
    Value.Entries inner =
        root.get(steps.get(0)) instanceof Value.Entries old
            ? old
            : new Value.Entries(Map.of(), entry.key());
    List<String> rest = new ArrayList<>(steps.subList(1, steps.size()));
    return root.with(steps.get(0), new Value.Entry(entry.key(), with(inner, rest, entry)));
  }
}
