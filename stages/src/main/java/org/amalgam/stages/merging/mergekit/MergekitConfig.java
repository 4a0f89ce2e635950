package org.amalgam.stages.merging.mergekit;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.recipe.Place;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.stages.tensor.DType;
import org.jspecify.annotations.Nullable;

/**
 * What a mergekit YAML says.
 *
 * @param models those that are merged; the base is among them only where it was listed
 * @param base the folder of the base model, where there is one
 * @param parameters for all models
 * @param dtype element type of the result; null for that of the first model
 */
public record MergekitConfig(
    MergekitMethod method,
    List<Model> models,
    @Nullable Model base,
    SortedMap<String, Parameter> parameters,
    @Nullable DType dtype) {
  /**
   * A model and its own parameters.
   *
   * @param folder as it was written
   * @param place where it was written
   */
  record Model(String folder, SortedMap<String, Parameter> parameters, Place place) {
    Model {
      parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }
  }

  public MergekitConfig {
    models = List.copyOf(models);
    parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
  }

  /**
   * Reads a text.
   *
   * @param file what messages call it
   * @throws RecipeException with every mistake, and every part that is not supported, by its place
   */
  public static MergekitConfig read(String file, String yaml) throws RecipeException {
    return new MergekitReader().read(file, yaml);
  }

  /** A parameter of a model for a tensor: its own, or that of all, or else the default. */
  double value(@Nullable Model model, String parameter, String tensor, double fallback) {
    for (Map<String, Parameter> some :
        model == null ? List.of(parameters) : List.of(model.parameters(), parameters)) {
      Parameter found = some.get(parameter);
      OptionalDouble value = found == null ? OptionalDouble.empty() : found.of(tensor);
      if (value.isPresent()) {
        return value.getAsDouble();
      }
    }
    return fallback;
  }
}
