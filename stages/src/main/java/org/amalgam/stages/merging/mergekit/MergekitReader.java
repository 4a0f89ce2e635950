package org.amalgam.stages.merging.mergekit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.recipe.Place;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.pipelines.recipe.Value;
import org.amalgam.stages.merging.mergekit.MergekitConfig.Model;
import org.amalgam.stages.tensor.DType;
import org.jspecify.annotations.Nullable;

/** Reads a mergekit YAML and collects what is wrong or not supported. */
final class MergekitReader {
  private static final List<String> KEYS =
      List.of("merge_method", "base_model", "models", "parameters", "dtype", "out_dtype");

  /** Keys of mergekit that mean something here too, but something that is not done. */
  private static final Map<String, String> UNSUPPORTED =
      new TreeMap<>(
          Map.of(
              "slices", "layers cannot be chosen or stacked; list whole models under models:",
              "modules", "list whole models under models:",
              "tokenizer", "remove it; the first model's tokenizer files are copied",
              "tokenizer_source", "remove it; the first model's tokenizer files are copied",
              "chat_template", "remove it; the first model's files are copied"));

  private static final Map<String, DType> TYPES =
      new TreeMap<>(Map.of("float32", DType.F32, "float16", DType.F16, "bfloat16", DType.BF16));

  private final List<Problem> problems = new ArrayList<>();

  MergekitConfig read(String file, String yaml) throws RecipeException {
    Value value = Value.parse(file, yaml);
    if (!(value instanceof Value.Entries root)) {
      throw new RecipeException(
          List.of(
              value.place().problem("a mergekit file is a mapping", "write merge_method: ...")));
    }
    root.entries().forEach((key, entry) -> checkKey(key, entry.key()));
    MergekitMethod method = method(root);
    List<Model> models = models(root, method);
    Value baseValue = root.get("base_model");
    String folder = baseValue == null ? null : text("base_model", baseValue);
    Model base =
        folder == null || baseValue == null
            ? null
            : new Model(folder, new TreeMap<>(), baseValue.place());
    Value out = root.get("out_dtype");
    DType dtype = dtype(out == null ? root.get("dtype") : out);
    SortedMap<String, Parameter> parameters = parameters(root.get("parameters"), method);
    if (method != null) {
      checkModels(root, method, models, base, parameters);
    }
    if (!problems.isEmpty() || method == null) {
      throw new RecipeException(problems);
    }
    return new MergekitConfig(method, models, base, parameters, dtype);
  }

  private void checkKey(String key, Place place) {
    if (UNSUPPORTED.containsKey(key)) {
      problems.add(place.problem(key + " is not supported", UNSUPPORTED.getOrDefault(key, "")));
    } else if (!KEYS.contains(key)) {
      problems.add(place.problem("unknown key " + key, Suggestion.among(key, KEYS, "keys")));
    }
  }

  private @Nullable MergekitMethod method(Value.Entries root) {
    Value value = root.get("merge_method");
    if (value == null) {
      problems.add(
          root.place()
              .problem(
                  "merge_method is missing",
                  "write one of " + String.join(", ", MergekitMethod.names())));
      return null;
    }
    String name = String.valueOf(value.plain());
    MergekitMethod method = MergekitMethod.named(name).orElse(null);
    if (method == null) {
      problems.add(
          value
              .place()
              .problem(
                  "the merge method " + name + " is not supported",
                  Suggestion.among(name, MergekitMethod.names(), "methods")));
    }
    return method;
  }

  private List<Model> models(Value.Entries root, @Nullable MergekitMethod method) {
    List<Model> models = new ArrayList<>();
    Value value = root.get("models");
    if (!(value instanceof Value.Items items)) {
      if (!root.entries().containsKey("slices") && !root.entries().containsKey("modules")) {
        problems.add(
            (value == null ? root : value)
                .place()
                .problem("models must be a list of models", "write - model: FOLDER for each"));
      }
      return models;
    }
    for (Value item : items.items()) {
      if (!(item instanceof Value.Entries entries) || entries.get("model") == null) {
        problems.add(item.place().problem("an item of models has a model", "write model: FOLDER"));
        continue;
      }
      entries
          .entries()
          .forEach(
              (key, entry) -> {
                if (!List.of("model", "parameters").contains(key)) {
                  problems.add(
                      entry
                          .key()
                          .problem(
                              "unknown key " + key,
                              Suggestion.among(key, List.of("model", "parameters"), "keys")));
                }
              });
      Value model = entries.get("model");
      String folder = model == null ? null : text("model", model);
      SortedMap<String, Parameter> own = parameters(entries.get("parameters"), method);
      if (model != null && folder != null) {
        models.add(new Model(folder, own, model.place()));
      }
    }
    return models;
  }

  private @Nullable String text(String key, Value value) {
    if (value instanceof Value.Scalar scalar && scalar.value() instanceof String text) {
      if (text.contains("+")) {
        problems.add(
            value.place().problem("adapters (" + text + ") are not supported", "merge them first"));
        return null;
      }
      return text;
    }
    problems.add(
        value
            .place()
            .problem(key + " must be a folder, is " + value.described(), "put it in quotes"));
    return null;
  }

  private @Nullable DType dtype(@Nullable Value value) {
    if (value == null || value.plain() == null) {
      return null;
    }
    DType type = TYPES.get(String.valueOf(value.plain()));
    if (type == null) {
      problems.add(
          value
              .place()
              .problem(
                  "the type " + value.plain() + " is not supported",
                  "write one of " + String.join(", ", TYPES.keySet())));
    }
    return type;
  }

  private SortedMap<String, Parameter> parameters(
      @Nullable Value value, @Nullable MergekitMethod method) {
    SortedMap<String, Parameter> parameters = new TreeMap<>();
    if (value == null || method == null) {
      return parameters;
    }
    if (!(value instanceof Value.Entries entries)) {
      problems.add(value.place().problem("parameters must be a mapping", ""));
      return parameters;
    }
    entries
        .entries()
        .forEach(
            (name, entry) -> {
              if (!method.parameters().contains(name)) {
                problems.add(
                    entry
                        .key()
                        .problem(
                            method + " has no parameter " + name,
                            Suggestion.among(name, method.parameters(), "parameters")));
              } else {
                List<Parameter.Choice> choices = new ArrayList<>();
                addChoices(name, entry.value(), choices);
                parameters.put(name, new Parameter(choices));
              }
            });
    return parameters;
  }

  private void addChoices(String name, Value value, List<Parameter.Choice> into) {
    if (!(value instanceof Value.Items items)) {
      addChoice(name, value, null, into);
      return;
    }
    for (Value item : items.items()) {
      Value inner = item instanceof Value.Entries entries ? entries.get("value") : null;
      if (!(item instanceof Value.Entries entries) || inner == null) {
        problems.add(
            item.place()
                .problem(
                    "values that change from layer to layer are not supported",
                    "write one number, or - {filter: TEXT, value: NUMBER} for parts of names"));
        return;
      }
      Value filter = entries.get("filter");
      Object part = filter == null ? null : filter.plain();
      addChoice(name, inner, part == null || "*".equals(part) ? null : part.toString(), into);
    }
  }

  private void addChoice(
      String name, Value value, @Nullable String filter, List<Parameter.Choice> into) {
    Object plain = value instanceof Value.Scalar scalar ? scalar.value() : null;
    if (plain instanceof Boolean flag) {
      into.add(new Parameter.Choice(filter, flag ? 1 : 0));
      return;
    }
    if (!(plain instanceof Number number) || !Double.isFinite(number.doubleValue())) {
      problems.add(value.place().problem(name + " must be a number, is " + value.described(), ""));
      return;
    }
    double given = number.doubleValue();
    boolean part = name.equals("density") || name.equals("t");
    if (part && (given < 0 || given > 1)) {
      problems.add(value.place().problem(name + " must be in [0, 1], is " + given, ""));
    }
    into.add(new Parameter.Choice(filter, given));
  }

  private void checkModels(
      Value.Entries root,
      MergekitMethod method,
      List<Model> models,
      @Nullable Model base,
      SortedMap<String, Parameter> parameters) {
    if (method.usesBase() && base == null) {
      problems.add(
          root.place().problem(method + " needs a base model", "write base_model: FOLDER"));
      return;
    }
    List<Model> others =
        models.stream()
            .filter(model -> base == null || !model.folder().equals(base.folder()))
            .toList();
    if (method == MergekitMethod.SLERP && others.size() != 1) {
      problems.add(
          root.place()
              .problem(
                  "slerp goes from the base model to one other, not " + others.size(),
                  "list one model beside the base"));
    } else if (method.usesBase() ? others.isEmpty() : models.size() < 2) {
      problems.add(root.place().problem("there are too few models to merge", "list another"));
    }
    if (method == MergekitMethod.SLERP) {
      if (!parameters.containsKey("t")) {
        problems.add(root.place().problem("slerp needs t", "write parameters: {t: 0.5}"));
      }
      return;
    }
    for (Model model : method.usesBase() ? others : models) {
      if (!parameters.containsKey("weight") && !model.parameters().containsKey("weight")) {
        problems.add(
            model.place().problem("the model has no weight", "write parameters: {weight: 0.5}"));
      }
    }
  }
}
