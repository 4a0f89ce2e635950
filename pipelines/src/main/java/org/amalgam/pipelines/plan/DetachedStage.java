package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.pipelines.recipe.Demands;
import org.amalgam.pipelines.recipe.Place;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.StageEntry;
import org.amalgam.pipelines.recipe.Value;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;

/**
 * A stage that is run away from its recipe, maybe by another process: its type and its plain
 * settings are all there is of it.
 */
public final class DetachedStage {
  private final String point;
  private final StageType<?> type;
  private final String given;
  private final Map<String, Value> values;
  private final Binder binder;

  private DetachedStage(
      String point, StageType<?> type, String given, Map<String, Value> values, Binder binder) {
    this.point = point;
    this.type = type;
    this.given = given;
    this.values = values;
    this.binder = binder;
  }

  /**
   * @param point its name, for messages
   * @param settings as {@link Point#allSettings()}
   * @throws IllegalArgumentException if the catalogue lacks the type
   */
  public static DetachedStage of(
      StageCatalog catalog, String point, String uses, Map<String, ?> settings) {
    Optional<StageType<?>> type = catalog.find(uses);
    if (type.isEmpty()) {
      throw new IllegalArgumentException(
          "this program has no stage type " + uses + ": it was built from other sources");
    }
    Place place = Place.ofArgument(point, uses);
    Map<String, Value> values = new LinkedHashMap<>();
    settings.forEach((name, value) -> values.put(name, Value.ofPlain(value, place)));
    StageEntry entry =
        new StageEntry(point, place, uses, place, Map.of(), List.of(), Demands.NONE, List.of());
    Binder binder = new Binder(entry, Shape.of(type.get(), values::get));
    return new DetachedStage(point, type.get(), CanonicalJson.write(settings), values, binder);
  }

  /**
   * Runs the stage.
   *
   * @param inputs port name to what fills it, in order
   * @throws StageFailure for what a user can mend
   */
  public void run(Map<String, List<Input>> inputs, StageContext context) throws Exception {
    generic(type).run(bind(inputs), context);
  }

  /** The settings record, equal to what the point itself binds, which is made sure of. */
  Record bind(Map<String, List<Input>> inputs) throws StageFailure {
    List<Problem> problems = new ArrayList<>();
    Record settings = binder.bind(values::get, inputs, problems);
    if (settings == null) {
      throw new StageFailure(problems.isEmpty() ? point : problems.get(0).render());
    }
    String bound = CanonicalJson.write(Binder.plain(settings, true));
    if (!bound.equals(given)) {
      throw new IllegalStateException(
          "the settings of " + point + " became " + bound + " on their way, from " + given);
    }
    return settings;
  }

  @SuppressWarnings("unchecked") // the binder makes the record that the type's settings() names
  private static StageType<Record> generic(StageType<?> type) {
    return (StageType<Record>) type;
  }
}
