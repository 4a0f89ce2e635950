package org.amalgam.pipelines.recipe;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Environment;
import org.jspecify.annotations.Nullable;

/** A recipe with its profile and overrides applied, before it is planned. */
public final class Recipe {
  private final Head head;
  private final Repeats repeats;
  private final Environment environment;
  private final List<StageEntry> stages;
  private final List<TableEntry> tables;
  private final List<ClaimEntry> claims;
  private final List<Problem> problems;

  Recipe(
      Head head,
      Repeats repeats,
      Environment environment,
      List<StageEntry> stages,
      List<TableEntry> tables,
      List<ClaimEntry> claims,
      List<Problem> problems) {
    this.head = head;
    this.repeats = repeats;
    this.environment = environment;
    this.stages = List.copyOf(stages);
    this.tables = List.copyOf(tables);
    this.claims = List.copyOf(claims);
    this.problems = Problem.sorted(problems);
  }

  record Head(String name, String title, String profile, boolean overridden, List<String> files) {}

  record Repeats(long seed, int replicates) {}

  /**
   * Reads a recipe with everything that it includes.
   *
   * @param profile the profile to use, or null for the recipe's own choice
   * @param overrides {@code name=value} settings, value in YAML
   * @throws RecipeException with all its mistakes, but for those in single stages, tables and
   *     claims, which matter only to a plan that needs them
   */
  public static Recipe read(Path file, @Nullable String profile, List<String> overrides)
      throws RecipeException {
    Recipe recipe = readForPlan(file, profile, overrides);
    if (!recipe.problems.isEmpty()) {
      throw new RecipeException(recipe.problems);
    }
    return recipe;
  }

  /**
   * Like {@link #read}, but mistakes that leave something to plan are kept in {@link #problems} and
   * reported by the plan together with its own, so that one look shows them all.
   *
   * @throws RecipeException if a file is missing or is no YAML
   */
  public static Recipe readForPlan(Path file, @Nullable String profile, List<String> overrides)
      throws RecipeException {
    return RecipeReader.read(file, profile, overrides);
  }

  public String name() {
    return head.name();
  }

  /** What it is about; its name where it does not say. */
  public String title() {
    return head.title();
  }

  /** The profile in force, or "none". */
  public String profile() {
    return head.profile();
  }

  /** The files it was read from as the user named them, included ones first, its own last. */
  public List<String> files() {
    return head.files();
  }

  /** Whether something was set on the command line, so that a grid may have other values. */
  public boolean isOverridden() {
    return head.overridden();
  }

  public long seed() {
    return repeats.seed();
  }

  /** How many times every seeded stage runs, at least 1. */
  public int replicates() {
    return repeats.replicates();
  }

  public Environment environment() {
    return environment;
  }

  /** All stages, those of included files first, in the order in which they were written. */
  public List<StageEntry> stages() {
    return stages;
  }

  public List<Table> tables() {
    return tables.stream().map(TableEntry::table).toList();
  }

  /** The tables with their places. */
  public List<TableEntry> tableEntries() {
    return tables;
  }

  /** What the paper says, as predicates over the tables' cells, in the recipe's order. */
  public List<ClaimEntry> claimEntries() {
    return claims;
  }

  /**
   * Mistakes outside single stages, tables and claims; empty unless it was {@link #readForPlan}.
   */
  public List<Problem> problems() {
    return problems;
  }

  /** The digest of the resolved recipe: equal for equal meaning. */
  public Digest digest() {
    Map<String, @Nullable Object> meaning = new LinkedHashMap<>();
    meaning.put("recipe", head.name());
    meaning.put("seed", repeats.seed());
    meaning.put("replicates", repeats.replicates());
    meaning.put(
        "environment",
        List.of(environment.device(), environment.precision(), environment.threads()));
    Map<String, Object> entries = new LinkedHashMap<>();
    for (StageEntry stage : stages) {
      Map<String, @Nullable Object> entry = new LinkedHashMap<>();
      entry.put("uses", stage.uses());
      entry.put("exclude", stage.exclude().stream().map(Value::plain).toList());
      stage.settings().forEach((key, value) -> entry.put("." + key, value.value().plain()));
      entries.put(stage.name(), entry);
    }
    for (Table table : tables()) {
      entries.put("table " + table.name(), List.of(table.rows().toString(), table.paper()));
      entries.put("columns of " + table.name(), table.columns().toString());
    }
    for (ClaimEntry claim : claims) {
      entries.put("claim " + claim.claim().name(), claim.claim().toString());
    }
    meaning.put("entries", entries);
    return Digest.of(CanonicalJson.write(meaning));
  }
}
