package org.amalgam.pipelines.recipe;

import java.util.List;
import java.util.Map;

/**
 * One entry under {@code stages}, with variables, profile and overrides applied.
 *
 * @param place of its name
 * @param uses the stage type's name; an empty text where the recipe does not say
 * @param usesPlace where that is written
 * @param settings by name, in the order in which they were written; they may hold choices ({@code
 *     each}) and references
 * @param exclude the value of {@code exclude}, an empty list where there is none
 * @param demands what it asks of the runner
 * @param problems mistakes in this entry: they matter only if the stage is needed
 */
public record StageEntry(
    String name,
    Place place,
    String uses,
    Place usesPlace,
    Map<String, Value.Entry> settings,
    List<Value> exclude,
    Demands demands,
    List<Problem> problems) {
  /** The keys of an entry that are not settings. */
  public static final List<String> RESERVED =
      List.of("uses", "exclude", "resources", "retries", "timeout", "keep");
}
