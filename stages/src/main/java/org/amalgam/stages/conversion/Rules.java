package org.amalgam.stages.conversion;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.amalgam.pipelines.recipe.RecipeException;

/**
 * How the tensors of another program's checkpoint become this project's.
 *
 * @param strip beginnings of names that are taken off before anything else
 * @param rules of which the first that matches a name holds
 * @param fills what tensors that no rule made are filled with
 */
public record Rules(List<String> strip, List<Rule> rules, List<Fill> fills) {
  /** The rules that come with the program, by name. */
  public static final List<String> BUILT_IN = List.of("beit", "timm-vit", "vlmo", "vl-merging");

  /**
   * A constant for tensors that the file lacks.
   *
   * @param value of each element
   */
  record Fill(Pattern name, float value) {}

  public Rules {
    strip = List.copyOf(strip);
    rules = List.copyOf(rules);
    fills = List.copyOf(fills);
  }

  /** The same rules, but what the file lacks is left to be drawn. */
  public Rules withoutFills() {
    return new Rules(strip, rules, List.of());
  }

  /**
   * Reads a file of rules.
   *
   * @param file what messages call it
   * @throws RecipeException with every mistake by its place
   */
  public static Rules read(String file, String yaml) throws RecipeException {
    return new RulesReader().read(file, yaml);
  }

  /**
   * Rules that come with the program.
   *
   * @param name one of {@link #BUILT_IN}
   */
  public static Rules builtIn(String name) {
    try (InputStream in = Rules.class.getResourceAsStream(name + ".yaml")) {
      if (in == null || !BUILT_IN.contains(name)) {
        throw new IllegalArgumentException("no rules are named " + name);
      }
      return read(name + ".yaml", new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException | RecipeException e) {
      throw new IllegalStateException("the rules " + name + " are unsound", e);
    }
  }

  String stripped(String name) {
    String rest = name;
    for (String beginning : strip) {
      if (rest.startsWith(beginning)) {
        rest = rest.substring(beginning.length());
      }
    }
    return rest;
  }
}
