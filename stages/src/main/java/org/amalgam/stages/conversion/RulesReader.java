package org.amalgam.stages.conversion;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.pipelines.recipe.Value;
import org.amalgam.stages.conversion.Rule.Action;
import org.amalgam.stages.conversion.Rules.Fill;
import org.jspecify.annotations.Nullable;

/** Reads a file of rules and collects what is wrong with it. */
final class RulesReader {
  private static final List<String> KEYS = List.of("strip", "rules", "fills");
  private static final List<String> RULE_KEYS = List.of("from", "action", "to", "parts", "why");
  private static final List<String> FILL_KEYS = List.of("name", "with");
  private static final List<String> ACTIONS =
      Arrays.stream(Action.values()).map(a -> a.name().toLowerCase(Locale.ROOT)).toList();

  private final List<Problem> problems = new ArrayList<>();

  Rules read(String file, String yaml) throws RecipeException {
    Value value = Value.parse(file, yaml);
    if (!(value instanceof Value.Entries root)) {
      throw new RecipeException(
          List.of(
              value
                  .place()
                  .problem("a file of rules is a mapping", "write rules: and a list below it")));
    }
    checkKeys(root, KEYS);
    List<String> strip = new ArrayList<>();
    for (Value item : items(root.get("strip"), "strip")) {
      strip.add(text(item, "strip"));
    }
    List<Rule> rules = new ArrayList<>();
    if (root.get("rules") == null) {
      problems.add(root.place().problem("there are no rules", "write rules: and a list below it"));
    }
    for (Value item : items(root.get("rules"), "rules")) {
      Rule rule = rule(item);
      if (rule != null) {
        rules.add(rule);
      }
    }
    List<Fill> fills = new ArrayList<>();
    for (Value item : items(root.get("fills"), "fills")) {
      Fill fill = fill(item);
      if (fill != null) {
        fills.add(fill);
      }
    }
    if (!problems.isEmpty()) {
      throw new RecipeException(problems);
    }
    return new Rules(strip, rules, fills);
  }

  private @Nullable Rule rule(Value value) {
    if (!(value instanceof Value.Entries entries)) {
      problems.add(value.place().problem("a rule is a mapping", "write {from: ..., to: ...}"));
      return null;
    }
    checkKeys(entries, RULE_KEYS);
    Pattern from = pattern(entries, "from");
    Value actionValue = entries.get("action");
    String name = actionValue == null ? "copy" : text(actionValue, "action");
    if (!ACTIONS.contains(name)) {
      problems.add(
          (actionValue == null ? value : actionValue)
              .place()
              .problem("unknown action " + name, Suggestion.among(name, ACTIONS, "actions")));
    }
    List<String> to = texts(entries.get("to"), "to");
    List<String> parts = texts(entries.get("parts"), "parts");
    Value why = entries.get("why");
    if (from == null || !ACTIONS.contains(name)) {
      return null;
    }
    Action action = Action.valueOf(name.toUpperCase(Locale.ROOT));
    checkTargets(value, action, from, to, parts);
    return new Rule(from, action, to, parts, why == null ? "" : text(why, "why"), value.place());
  }

  private void checkTargets(
      Value rule, Action action, Pattern from, List<String> to, List<String> parts) {
    int groups = from.matcher("").groupCount();
    for (String target : to) {
      for (int i = 0; i + 1 < target.length(); i++) {
        int group = Character.digit(target.charAt(i + 1), 10);
        if (target.charAt(i) == '$' && group > groups) {
          problems.add(
              rule.place().problem("from has no group " + group, "it has " + groups + " groups"));
        }
      }
    }
    boolean one = action == Action.JOIN || action == Action.POSITIONS;
    if (action == Action.DROP ? !to.isEmpty() : to.isEmpty() || (one && to.size() > 1)) {
      problems.add(
          rule.place()
              .problem(
                  action.name().toLowerCase(Locale.ROOT)
                      + (action == Action.DROP
                          ? " has no to"
                          : one ? " needs one to" : " needs to"),
                  ""));
    }
    boolean named = from.pattern().contains("(?<part>");
    if (action == Action.JOIN && (!named || parts.isEmpty())) {
      problems.add(
          rule.place()
              .problem(
                  "join needs parts and a group of that name",
                  "write from: '(?<part>query|key|value)' and parts: [query, key, value]"));
    }
  }

  private @Nullable Fill fill(Value value) {
    if (!(value instanceof Value.Entries entries)) {
      problems.add(value.place().problem("a fill is a mapping", "write {name: ..., with: ones}"));
      return null;
    }
    checkKeys(entries, FILL_KEYS);
    Pattern name = pattern(entries, "name");
    Value with = entries.get("with");
    String constant = with == null ? "" : text(with, "with");
    if (!constant.equals("ones") && !constant.equals("zeros")) {
      problems.add((with == null ? value : with).place().problem("with must be ones or zeros", ""));
      return null;
    }
    return name == null ? null : new Fill(name, constant.equals("ones") ? 1 : 0);
  }

  private @Nullable Pattern pattern(Value.Entries entries, String key) {
    Value value = entries.get(key);
    if (value == null) {
      problems.add(entries.place().problem(key + " is missing", "write a regular expression"));
      return null;
    }
    try {
      return Pattern.compile(text(value, key));
    } catch (PatternSyntaxException e) {
      problems.add(
          value.place().problem(key + " is no regular expression: " + e.getDescription(), ""));
      return null;
    }
  }

  private void checkKeys(Value.Entries entries, List<String> known) {
    entries
        .entries()
        .forEach(
            (key, entry) -> {
              if (!known.contains(key)) {
                problems.add(
                    entry
                        .key()
                        .problem("unknown key " + key, Suggestion.among(key, known, "keys")));
              }
            });
  }

  private List<Value> items(@Nullable Value value, String key) {
    if (value == null) {
      return List.of();
    }
    if (value instanceof Value.Items items) {
      return items.items();
    }
    problems.add(value.place().problem(key + " must be a list, is " + value.described(), ""));
    return List.of();
  }

  /** One text or a list; nothing in a list is an empty text. */
  private List<String> texts(@Nullable Value value, String key) {
    if (value == null) {
      return List.of();
    }
    List<Value> values = value instanceof Value.Items items ? items.items() : List.of(value);
    return values.stream().map(v -> v.plain() == null ? "" : text(v, key)).toList();
  }

  private String text(Value value, String key) {
    if (value instanceof Value.Scalar scalar && scalar.value() != null) {
      return scalar.value().toString();
    }
    problems.add(
        value.place().problem(key + " must be a text, is " + value.described(), "quote it"));
    return "";
  }
}
