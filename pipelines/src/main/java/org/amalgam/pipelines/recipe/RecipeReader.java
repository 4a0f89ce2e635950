package org.amalgam.pipelines.recipe;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.amalgam.pipelines.stage.Environment;
import org.jspecify.annotations.Nullable;

/** Puts a recipe together: includes, then profiles, then {@code --set}, then variables. */
final class RecipeReader {
  private static final List<String> KEYS =
      List.of(
          "recipe",
          "title",
          "seed",
          "replicates",
          "environment",
          "include",
          "profile",
          "profiles",
          "vars",
          "stages",
          "tables",
          "claims");
  private static final int MOST_REPLICATES = 10_000;

  private final List<Problem> problems = new ArrayList<>();
  private final Expected expected = new Expected(problems);
  private final Overrides parts;
  private final Profiles profiles = new Profiles(problems);
  private final Map<String, Value.Entry> tables = new LinkedHashMap<>();
  private final Map<String, Value.Entry> claims = new LinkedHashMap<>();

  private RecipeReader(Place start) {
    parts = new Overrides(new Value.Entries(Map.of(), start));
  }

  static Recipe read(Path file, @Nullable String profile, List<String> overrides)
      throws RecipeException {
    Place start = new Place(Source.of(file.toString(), ""), 1, 1);
    RecipeReader reader = new RecipeReader(start);
    List<Value.Entries> documents = Documents.read(file, reader.problems);
    if (!reader.problems.isEmpty()) {
      throw new RecipeException(reader.problems);
    }
    return reader.read(documents, profile, overrides);
  }

  private Recipe read(
      List<Value.Entries> documents, @Nullable String profile, List<String> overrides) {
    Value.Entries main = documents.get(documents.size() - 1);
    documents.forEach(this::collect);
    apart("a stage and a table", parts.stages, tables);
    apart("a stage and a claim", parts.stages, claims);
    apart("a table and a claim", tables, claims);
    // What was written is read for its references before anything is replaced.
    Set<String> mentioned = new LinkedHashSet<>();
    documents.forEach(document -> Interpolation.names(document, mentioned));

    String chosen = profile == null ? optionalText(main, "profile", "none") : profile;
    Value written = main.get("profile");
    Place asked =
        profile == null && written != null
            ? written.place()
            : Place.ofArgument("--profile", chosen);
    profiles.apply(chosen, asked, parts);
    Map<String, Value.Entry> set = CommandLine.read(overrides, problems);
    set.forEach(
        (path, entry) -> {
          Interpolation.names(entry.value(), mentioned);
          parts.apply(path, entry, true, problems);
        });

    Interpolation interpolation = new Interpolation(parts.vars, parts.stages.keySet());
    reportUnread(mentioned);
    String name =
        main.get("recipe") == null ? null : expected.name("a recipe", value(main, "recipe"));
    if (main.get("recipe") == null) {
      problems.add(main.place().problem("the recipe has no name", "add recipe: NAME"));
    }
    String recipe = name == null ? "unnamed" : name;
    List<StageEntry> stages = new ArrayList<>();
    parts.stages.forEach((key, entry) -> stages.add(stage(key, entry, interpolation)));
    List<TableEntry> read = new ArrayList<>();
    tables.forEach((key, entry) -> read.add(TableReader.read(key, entry, interpolation)));
    List<ClaimEntry> said = new ArrayList<>();
    claims.forEach((key, entry) -> said.add(ClaimReader.read(key, entry, interpolation)));
    return new Recipe(
        new Recipe.Head(
            recipe,
            title(main, recipe, interpolation),
            chosen,
            !overrides.isEmpty(),
            documents.stream().map(document -> document.place().position().file()).toList()),
        new Recipe.Repeats(
            global("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE, interpolation),
            (int) global("replicates", 1, 1, MOST_REPLICATES, interpolation)),
        environment(interpolation),
        stages,
        read,
        said,
        problems);
  }

  private String title(Value.Entries main, String otherwise, Interpolation interpolation) {
    Value title = main.get("title");
    String text =
        title == null ? null : expected.text("title", interpolation.resolve(title, problems));
    return text == null ? otherwise : text;
  }

  /** A target names one thing. */
  private void apart(String what, Map<String, Value.Entry> ones, Map<String, Value.Entry> others) {
    others.forEach(
        (name, other) -> {
          if (ones.containsKey(name)) {
            problems.add(other.key().problem(what + " are named " + name, "rename one"));
          }
        });
  }

  private void collect(Value.Entries document) {
    expected.keys("the recipe", document, KEYS);
    for (String key : Overrides.GLOBALS) {
      Value.Entry entry = document.entries().get(key);
      if (entry != null) {
        parts.globals.put(key, entry);
      }
    }
    Map<String, Value.Entry> vars = new LinkedHashMap<>(parts.vars.entries());
    section(document, "vars").forEach((name, entry) -> define(name, entry, vars));
    parts.vars = new Value.Entries(vars, parts.vars.place());
    section(document, "profiles").forEach(profiles::add);
    define("a stage", section(document, "stages"), parts.stages);
    define("a table", section(document, "tables"), tables);
    define("a claim", section(document, "claims"), claims);
  }

  private void define(
      String what, Map<String, Value.Entry> entries, Map<String, Value.Entry> known) {
    entries.forEach(
        (name, entry) -> {
          expected.isName(what, name, entry.key());
          Value.Entry before = known.putIfAbsent(name, entry);
          if (before != null) {
            problems.add(
                entry
                    .key()
                    .problem(
                        what + " named " + name + " is already there",
                        "it was defined at " + before.key() + "; rename one"));
          }
        });
  }

  /** A variable of an including file replaces, or adds to, that of an included one. */
  private void define(String name, Value.Entry entry, Map<String, Value.Entry> vars) {
    expected.isName("a variable", name, entry.key());
    Value.Entry known = vars.get(name);
    if (known != null
        && known.value() instanceof Value.Entries before
        && entry.value() instanceof Value.Entries after
        && !before.isChoice()
        && !after.isChoice()) {
      Map<String, Value.Entry> both = new LinkedHashMap<>(before.entries());
      both.putAll(after.entries());
      vars.put(name, new Value.Entry(entry.key(), new Value.Entries(both, after.place())));
    } else {
      vars.put(name, entry);
    }
  }

  private Map<String, Value.Entry> section(Value.Entries document, String key) {
    Value value = document.get(key);
    if (value == null || (value instanceof Value.Scalar empty && empty.value() == null)) {
      return Map.of();
    }
    Value.Entries entries = expected.mapping(key, value);
    return entries == null ? Map.of() : entries.entries();
  }

  private StageEntry stage(String name, Value.Entry entry, Interpolation interpolation) {
    List<Problem> own = new ArrayList<>();
    Expected inStage = new Expected(own);
    Value.Entries entries = inStage.mapping("the stage " + name, entry.value());
    String uses = "";
    Place usesPlace = entry.key();
    List<Value> exclude = List.of();
    Demands demands = Demands.NONE;
    Map<String, Value.Entry> settings = new LinkedHashMap<>();
    if (entries != null) {
      for (Map.Entry<String, Value.Entry> setting : entries.entries().entrySet()) {
        Value value = interpolation.resolve(setting.getValue().value(), own);
        settings.put(setting.getKey(), new Value.Entry(setting.getValue().key(), value));
      }
      Value.Entry type = settings.get("uses");
      if (type == null) {
        own.add(entry.key().problem("the stage " + name + " has no uses", "add uses: STAGE-TYPE"));
      } else {
        String text = inStage.text("uses", type.value());
        uses = text == null ? "" : text;
        usesPlace = type.value().place();
      }
      Value.Entry excluded = settings.get("exclude");
      List<Value> list = excluded == null ? null : inStage.list("exclude", excluded.value());
      exclude = list == null ? List.of() : list;
      demands = new DemandsReader(own).read(settings);
      StageEntry.RESERVED.forEach(settings::remove);
    }
    return new StageEntry(name, entry.key(), uses, usesPlace, settings, exclude, demands, own);
  }

  private long global(
      String key, long otherwise, long least, long most, Interpolation interpolation) {
    Value.Entry entry = parts.globals.get(key);
    if (entry == null) {
      return otherwise;
    }
    int before = problems.size();
    Value value = interpolation.resolve(entry.value(), problems);
    Long number = problems.size() > before ? null : expected.whole(key, value, least, most);
    return number == null ? otherwise : number;
  }

  private Environment environment(Interpolation interpolation) {
    Environment otherwise = Environment.DEFAULT;
    Value.Entry entry = parts.globals.get("environment");
    Value value = entry == null ? null : interpolation.resolve(entry.value(), problems);
    Value.Entries entries = value == null ? null : expected.mapping("environment", value);
    if (entries == null) {
      return otherwise;
    }
    expected.keys("environment", entries, List.of("device", "precision", "threads"));
    Value given = entries.get("device");
    String device =
        given == null ? otherwise.device() : expected.word("device", given, List.of("cpu", "cuda"));
    given = entries.get("precision");
    String precision =
        given == null
            ? otherwise.precision()
            : expected.word("precision", given, List.of("f32", "bf16"));
    given = entries.get("threads");
    Long threads =
        given == null
            ? (Long) (long) otherwise.threads()
            : expected.whole("threads", given, 1, 4096);
    return device == null || precision == null || threads == null
        ? otherwise
        : new Environment(device, precision, threads.intValue());
  }

  /** A variable is read if it, or one of its entries, is mentioned anywhere. */
  private void reportUnread(Set<String> names) {
    Set<String> within = new LinkedHashSet<>();
    names.stream()
        .filter(name -> name.contains("."))
        .forEach(name -> within.add(name.substring(0, name.indexOf('.'))));
    parts
        .vars
        .entries()
        .forEach(
            (variable, entry) -> {
              boolean isStage = parts.stages.containsKey(variable);
              boolean read = within.contains(variable) || (names.contains(variable) && !isStage);
              if (!read) {
                String hint =
                    isStage
                        ? "${" + variable + "} is the stage of that name; rename one"
                        : "use it as ${" + variable + "} or remove it";
                problems.add(entry.key().problem("nothing reads the variable " + variable, hint));
              }
            });
  }

  private String optionalText(Value.Entries entries, String key, String otherwise) {
    Value value = entries.get(key);
    String text = value == null ? null : expected.text(key, value);
    return text == null ? otherwise : text;
  }

  private static Value value(Value.Entries entries, String key) {
    Value value = entries.get(key);
    return value == null ? entries : value;
  }
}
