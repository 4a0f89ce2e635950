package org.amalgam.pipelines.plan;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.pipelines.recipe.DemandsReader;
import org.amalgam.pipelines.recipe.Quantity;
import org.amalgam.pipelines.recipe.Value;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Range;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.pipelines.stage.StageType;

/**
 * The recipe language as a JSON Schema (draft 2020-12), for editors: generated from the records
 * that check recipes. It knows each setting's type, range, default and documentation; what needs
 * the whole recipe (references, kinds of artifacts, dimensions) only a plan finds.
 */
public final class RecipeSchema {
  private static final Map<String, Object> REFERENCE =
      Map.of("type", "string", "pattern", "\\$\\{[^{}]*\\}");
  private static final Map<String, Object> TEXT = Map.of("type", "string");

  private RecipeSchema() {}

  /** The schema as JSON text. */
  public static String of(StageCatalog catalog) {
    Map<String, Object> stage = new LinkedHashMap<>();
    stage.put("type", "object");
    stage.put("required", List.of("uses"));
    stage.put("properties", Map.of("uses", Map.of("enum", catalog.names())));
    List<Object> types = new ArrayList<>();
    for (String name : catalog.names()) {
      catalog.find(name).ifPresent(type -> types.add(whenUsed(type)));
    }
    stage.put("allOf", types);

    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("recipe", described("its name", TEXT));
    properties.put("title", described("what it is about", TEXT));
    properties.put("seed", described("of all random numbers", orReference(whole())));
    properties.put("replicates", described("runs with derived seeds", orReference(least(1))));
    properties.put("environment", environment());
    properties.put("include", described("files beside it", Map.of("type", "array", "items", TEXT)));
    properties.put("profile", described("used where the command line names none", TEXT));
    properties.put(
        "profiles",
        Map.of(
            "type", "object", "additionalProperties", Map.of("type", List.of("object", "null"))));
    properties.put("vars", Map.of("type", List.of("object", "null")));
    properties.put("stages", Map.of("type", "object", "additionalProperties", stage));
    properties.put("tables", Map.of("type", "object", "additionalProperties", table()));
    properties.put("claims", Map.of("type", "object", "additionalProperties", claim()));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "Amalgam recipe");
    // Not even a name is required: files to be included have none.
    schema.putAll(closed(properties, List.of()));
    schema.put("$defs", Map.of("quantity", quantity()));
    return CanonicalJson.writePretty(schema);
  }

  private static Map<String, Object> whenUsed(StageType<?> type) {
    Map<String, Object> properties = new LinkedHashMap<>();
    Set<String> required = new LinkedHashSet<>(List.of("uses"));
    properties.put("uses", described(type.summary(), Map.of("const", type.name())));
    properties.put("exclude", Map.of("type", "array", "items", Map.of("type", "object")));
    properties.putAll(demands());
    for (Setting setting : SettingsForm.of(type.settings()).settings()) {
      if (setting.chooser() == null) {
        properties.put(setting.name(), setting(setting, type));
        if (setting.isRequired()) {
          required.add(setting.name());
        }
        continue;
      }
      // Which of these belong to the choice, and are required by it, is for the plan to say.
      for (Class<? extends Record> record : Shape.choices(type, setting).values()) {
        for (Setting inner : SettingsForm.of(record).settings()) {
          properties.merge(
              inner.name(),
              setting(inner, type),
              (one, other) -> one.equals(other) ? one : Map.of("anyOf", List.of(one, other)));
        }
      }
    }
    return Map.of(
        "if",
        Map.of("properties", Map.of("uses", Map.of("const", type.name()))),
        "then",
        closed(properties, new ArrayList<>(required)));
  }

  /** What any stage may ask of the runner. */
  private static Map<String, Object> demands() {
    Map<String, Object> resources = new LinkedHashMap<>();
    resources.put("gpus", described("whole devices", upTo(0, DemandsReader.MOST_GPUS)));
    resources.put("memory", described("of the host, as in 4GiB", form(DemandsReader.MEMORY)));
    resources.put("threads", described("that compute", upTo(1, DemandsReader.MOST_THREADS)));
    Map<String, Object> demands = new LinkedHashMap<>();
    demands.put(
        "resources", described("what it takes while it runs", closed(resources, List.of())));
    demands.put(
        "retries", described("attempts after the first", upTo(0, DemandsReader.MOST_RETRIES)));
    demands.put("timeout", described("of one attempt, as in 90m", form(DemandsReader.DURATION)));
    demands.put(
        "keep",
        described(
            "how long its artifact is worth its space",
            orReference(Map.of("enum", DemandsReader.KEEP))));
    return demands;
  }

  private static Map<String, Object> upTo(int least, int most) {
    return orReference(Map.of("type", "integer", "minimum", least, "maximum", most));
  }

  private static Map<String, Object> form(String pattern) {
    return orReference(Map.of("type", "string", "pattern", pattern));
  }

  private static Map<String, Object> setting(Setting setting, StageType<?> type) {
    List<Object> forms = new ArrayList<>(List.of(REFERENCE, choice()));
    if (setting.isPort()) {
      if (setting.isListPort()) {
        forms.add(Map.of("type", "array", "items", Map.of("anyOf", List.of(REFERENCE, choice()))));
      }
    } else {
      forms.add(plain(setting, setting.type(), type));
    }
    if (!setting.isRequired()) {
      forms.add(Map.of("type", "null"));
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("anyOf", forms);
    String takes = setting.kinds().isEmpty() ? "" : "takes " + String.join(" or ", setting.kinds());
    String doc = setting.doc().isEmpty() ? takes : setting.doc();
    if (!doc.isEmpty()) {
      schema.put("description", doc);
    }
    Value fallback = setting.fallback();
    Object otherwise = fallback == null ? null : fallback.plain();
    if (otherwise != null) {
      schema.put("default", otherwise);
    }
    return schema;
  }

  private static Map<String, Object> plain(Setting setting, Type component, StageType<?> type) {
    if (component instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      boolean list = generic.getRawType() == List.class;
      Map<String, Object> item = orReference(plain(setting, arguments[list ? 0 : 1], type));
      return list
          ? Map.of("type", "array", "items", item)
          : Map.of("type", "object", "additionalProperties", item);
    }
    Class<?> plain = (Class<?>) component;
    if (plain.isRecord()) {
      Map<String, Object> properties = new LinkedHashMap<>();
      List<String> required = new ArrayList<>();
      for (Setting inner : SettingsForm.of(plain.asSubclass(Record.class)).settings()) {
        properties.put(inner.name(), setting(inner, type));
        if (inner.isRequired()) {
          required.add(inner.name());
        }
      }
      return closed(properties, required);
    }
    if (plain.isEnum()) {
      return Map.of(
          "enum",
          Arrays.stream(plain.getEnumConstants())
              .map(constant -> Setting.kebab(((Enum<?>) constant).name()))
              .toList());
    }
    if (plain == String.class) {
      return text(setting, type);
    }
    if (plain == boolean.class || plain == Boolean.class) {
      return Map.of("type", "boolean");
    }
    Map<String, Object> number = new LinkedHashMap<>();
    boolean floating = plain == double.class || plain == Double.class;
    number.put("type", floating ? "number" : "integer");
    Range range = setting.range();
    if (range != null && Double.isFinite(range.min())) {
      number.put("minimum", range.min());
    }
    if (range != null && Double.isFinite(range.max())) {
      number.put("maximum", range.max());
    }
    return number;
  }

  /** A text; where it chooses a record, one of the names. */
  private static Map<String, Object> text(Setting setting, StageType<?> type) {
    for (Setting other : SettingsForm.of(type.settings()).settings()) {
      if (setting.name().equals(other.chooser())) {
        return Map.of("enum", new ArrayList<>(Shape.choices(type, other).keySet()));
      }
    }
    return TEXT;
  }

  private static Map<String, Object> environment() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(
        "device",
        orReference(Map.of("type", "string", "pattern", "^(" + Environment.DEVICES + ")$")));
    properties.put("precision", orReference(Map.of("enum", List.of("f32", "bf16"))));
    properties.put("threads", orReference(least(1)));
    return closed(properties, List.of());
  }

  private static Map<String, Object> table() {
    Map<String, Object> where = Map.of("type", "object");
    Map<String, Object> row = closed(Map.of("label", TEXT, "where", where), List.of("label"));
    Map<String, Object> column =
        closed(
            Map.of("label", TEXT, "from", TEXT, "where", where, "metric", TEXT, "prior", TEXT),
            List.of("label", "from", "metric"));
    Map<String, Object> numbers =
        Map.of("type", "object", "additionalProperties", orReference(Map.of("type", "number")));
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("title", TEXT);
    properties.put("note", TEXT);
    properties.put("rows", Map.of("type", "array", "items", row));
    properties.put("columns", Map.of("type", "array", "items", column));
    properties.put(
        "paper",
        closed(
            Map.of(
                "caption",
                TEXT,
                "scale",
                described(
                    "same where numbers can be compared; other (default) where only the order can",
                    Map.of("enum", List.of("same", "other"))),
                "values",
                Map.of("type", "object", "additionalProperties", numbers)),
            List.of()));
    properties.put("plot", plot());
    return closed(properties, List.of("rows", "columns"));
  }

  private static Map<String, Object> plot() {
    Map<String, Object> labels = Map.of("type", "array", "items", TEXT);
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("x", described("the dimension along the axis", TEXT));
    properties.put("label", described("of the axis", TEXT));
    properties.put("lines", Map.of("type", "object", "additionalProperties", labels));
    properties.put("columns", described("those drawn; all by default", labels));
    properties.put(
        "at", described("where rows without that dimension stand", Map.of("type", "object")));
    return closed(properties, List.of("x", "lines"));
  }

  private static Map<String, Object> claim() {
    Map<String, Object> number = orReference(Map.of("type", "number"));
    Map<String, Object> above =
        closed(Map.of("above", quantities(2), "by", number), List.of("above"));
    Map<String, Object> level =
        closed(Map.of("level", quantities(2), "within", number), List.of("level", "within"));
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("says", described("the claim in one sentence", TEXT));
    properties.put("section", described("where the paper says it", TEXT));
    properties.put("note", TEXT);
    properties.put("table", described("of the cells that name none", TEXT));
    properties.put(
        "holds-if",
        Map.of("type", "array", "minItems", 1, "items", Map.of("anyOf", List.of(above, level))));
    return closed(properties, List.of("says", "holds-if"));
  }

  /** A cell, or several with how they become one number. */
  private static Map<String, Object> quantity() {
    List<Object> forms = new ArrayList<>(List.of(TEXT));
    forms.add(closed(Map.of("table", TEXT, "row", TEXT, "column", TEXT), List.of("row", "column")));
    for (Quantity.Combination how : Quantity.Combination.values()) {
      int least = how == Quantity.Combination.DIFFERENCE ? 2 : 1;
      forms.add(closed(Map.of(how.label(), quantities(least)), List.of(how.label())));
    }
    return Map.of("anyOf", forms);
  }

  private static Map<String, Object> quantities(int least) {
    return Map.of("type", "array", "minItems", least, "items", Map.of("$ref", "#/$defs/quantity"));
  }

  private static Map<String, Object> closed(Map<String, Object> properties, List<String> required) {
    return Map.of(
        "type",
        "object",
        "properties",
        properties,
        "required",
        required,
        "additionalProperties",
        false);
  }

  private static Map<String, Object> choice() {
    return Map.of(
        "type",
        "object",
        "properties",
        Map.of("each", Map.of(), "as", TEXT),
        "required",
        List.of("each"),
        "additionalProperties",
        false);
  }

  private static Map<String, Object> orReference(Map<String, Object> schema) {
    return Map.of("anyOf", List.of(REFERENCE, schema));
  }

  private static Map<String, Object> described(String description, Map<String, Object> schema) {
    Map<String, Object> described = new LinkedHashMap<>(schema);
    described.put("description", description);
    return described;
  }

  private static Map<String, Object> whole() {
    return Map.of("type", "integer");
  }

  private static Map<String, Object> least(int least) {
    return Map.of("type", "integer", "minimum", least);
  }
}
