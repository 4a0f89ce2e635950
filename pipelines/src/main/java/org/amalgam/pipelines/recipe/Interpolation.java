package org.amalgam.pipelines.recipe;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces {@code ${a.b}} by variables and {@code ${stage}} by {@link Value.Reference}s.
 *
 * <p>A whole value keeps the type of the variable; inside a longer text it becomes text. {@code
 * $${} stands for itself. A name that both a variable and a stage have is the stage; the entries of
 * the variable are reached by their paths.
 */
final class Interpolation {
  private static final Pattern PART = Pattern.compile("\\$\\$\\{|\\$\\{([^{}]*)\\}|\\$\\{");
  private static final Pattern WHOLE = Pattern.compile("\\$\\{([^{}]*)\\}");
  private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_.-]+");
  private static final int TEXT = 1 << 20;
  private static final long VALUES = 1_000_000;

  private final Value.Entries vars;
  private final Collection<String> stages;

  /** What variables came to, by identity of the unresolved value. */
  private final Map<Value, Value> resolved = new IdentityHashMap<>();

  private final Map<Value, Long> sizes = new IdentityHashMap<>();
  private final Deque<String> following = new ArrayDeque<>();

  Interpolation(Value.Entries vars, Collection<String> stages) {
    this.vars = vars;
    this.stages = stages;
  }

  /** The value without variables; what cannot be resolved becomes a problem and an empty value. */
  Value resolve(Value raw, List<Problem> problems) {
    Value value = replaced(raw, problems);
    if (size(value) > VALUES) {
      problems.add(
          raw.place()
              .problem("this comes to more than " + VALUES + " values", "use fewer variables"));
      return nothing(raw.place());
    }
    return value;
  }

  private Value replaced(Value raw, List<Problem> problems) {
    if (raw instanceof Value.Items list) {
      List<Value> items = new ArrayList<>();
      list.items().forEach(item -> items.add(replaced(item, problems)));
      return new Value.Items(items, list.place());
    }
    if (raw instanceof Value.Entries mapping) {
      Map<String, Value.Entry> entries = new LinkedHashMap<>();
      mapping
          .entries()
          .forEach(
              (key, entry) ->
                  entries.put(
                      key, new Value.Entry(entry.key(), replaced(entry.value(), problems))));
      return new Value.Entries(entries, mapping.place());
    }
    if (raw instanceof Value.Scalar scalar
        && scalar.value() instanceof String text
        && text.contains("${")) {
      return text(text, scalar.place(), problems);
    }
    return raw;
  }

  private Value text(String text, Place place, List<Problem> problems) {
    Matcher whole = WHOLE.matcher(text.strip());
    if (whole.matches()) {
      return lookUp(whole.group(1).strip(), place, problems);
    }
    StringBuilder joined = new StringBuilder();
    Matcher part = PART.matcher(text);
    int end = 0;
    while (part.find()) {
      joined.append(text, end, part.start());
      end = part.end();
      if (part.group().equals("$${")) {
        joined.append("${");
      } else if (part.group(1) == null) {
        problems.add(place.problem("${ without }", "close it, or write $${ for the characters"));
        return nothing(place);
      } else {
        String name = part.group(1).strip();
        int before = problems.size();
        Value value = lookUp(name, place, problems);
        if (problems.size() > before) {
          return nothing(place);
        }
        if (!(value instanceof Value.Scalar scalar) || scalar.value() == null) {
          problems.add(
              place.problem(
                  "${" + name + "} is " + value.described() + " and cannot be part of a text",
                  "only text, numbers and booleans can"));
          return nothing(place);
        }
        joined.append(Labels.of(scalar.value()));
      }
      if (joined.length() > TEXT) {
        problems.add(
            place.problem("this text becomes too long", "at most " + TEXT + " characters"));
        return nothing(place);
      }
    }
    return new Value.Scalar(joined.append(text.substring(end)).toString(), place);
  }

  private Value lookUp(String name, Place place, List<Problem> problems) {
    Selection selection = Selection.parse(name).orElse(null);
    if (selection != null && stages.contains(selection.name())) {
      return new Value.Reference(selection.name(), selection.where(), place);
    }
    if (!PATH.matcher(name).matches()) {
      String stage = name.replaceAll("\\[.*", "");
      boolean misnamed = selection != null && !stages.contains(stage);
      problems.add(
          misnamed
              ? place.problem(
                  "there is no stage " + stage, Suggestion.among(stage, stages, "stages"))
              : place.problem(
                  "${" + name + "} is not a reference",
                  "write ${variable}, ${variable.entry}, ${stage} or ${stage[dimension=label]}"));
      return nothing(place);
    }
    Value at = vars;
    StringBuilder path = new StringBuilder();
    for (String step : List.of(name.split("\\.", -1))) {
      // On the way a variable may itself be a reference to another one.
      Value here = at instanceof Value.Scalar ? follow(at, path.toString(), place, problems) : at;
      Value next = here instanceof Value.Entries entries ? entries.get(step) : null;
      if (next == null) {
        TreeSet<String> known = new TreeSet<>(stages);
        known.addAll(paths(vars));
        problems.add(
            place.problem(
                "there is no variable or stage " + name,
                Suggestion.among(name, known, "variables and stages")));
        return nothing(place);
      }
      path.append(path.isEmpty() ? "" : ".").append(step);
      at = next;
    }
    return follow(at, name, place, problems);
  }

  /** Resolves a variable once; a mistake in it is reported where the variable is. */
  private Value follow(Value raw, String name, Place place, List<Problem> problems) {
    Value known = resolved.get(raw);
    if (known != null) {
      return known;
    }
    if (following.contains(name) || following.size() > 100) {
      List<String> cycle = new ArrayList<>(following);
      java.util.Collections.reverse(cycle);
      cycle = cycle.subList(Math.max(0, cycle.indexOf(name)), cycle.size());
      problems.add(
          following.contains(name)
              ? place.problem(
                  "variables refer to one another in a circle: "
                      + String.join(" -> ", cycle)
                      + " -> "
                      + name,
                  "give one of them a value")
              : place.problem("variables refer to one another too deeply", "at most 100 levels"));
      return nothing(place);
    }
    following.push(name);
    int before = problems.size();
    Value value = replaced(raw, problems);
    following.pop();
    // A variable with a mistake is looked at again by the next reader, which is then at fault too.
    if (problems.size() == before) {
      resolved.put(raw, value);
    }
    return value;
  }

  /** How many values this is when written out. */
  private long size(Value value) {
    Long known = sizes.get(value);
    if (known != null) {
      return known;
    }
    long size = 1;
    if (value instanceof Value.Items list) {
      for (Value item : list.items()) {
        size = Math.min(2 * VALUES, size + size(item));
      }
    } else if (value instanceof Value.Entries mapping) {
      for (Value.Entry entry : mapping.entries().values()) {
        size = Math.min(2 * VALUES, size + size(entry.value()));
      }
    }
    sizes.put(value, size);
    return size;
  }

  /** The names inside {@code ${...}} anywhere in a value. */
  static void names(Value value, Collection<String> names) {
    if (value instanceof Value.Items list) {
      list.items().forEach(item -> names(item, names));
    } else if (value instanceof Value.Entries mapping) {
      mapping.entries().values().forEach(entry -> names(entry.value(), names));
    } else if (value instanceof Value.Scalar scalar && scalar.value() instanceof String text) {
      Matcher matcher = WHOLE.matcher(text);
      while (matcher.find()) {
        names.add(matcher.group(1).strip());
      }
    }
  }

  /** The dotted paths of all variables and of the entries inside them. */
  static List<String> paths(Value.Entries vars) {
    List<String> paths = new ArrayList<>();
    vars.entries()
        .forEach(
            (key, entry) -> {
              paths.add(key);
              if (entry.value() instanceof Value.Entries inner && !inner.isChoice()) {
                paths(inner).forEach(path -> paths.add(key + "." + path));
              }
            });
    return paths;
  }

  private static Value nothing(Place place) {
    return new Value.Unknown(place);
  }
}
