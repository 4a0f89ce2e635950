package org.amalgam.pipelines.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.plan.Alternatives.Alternative;
import org.amalgam.pipelines.recipe.Labels;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Selection;
import org.amalgam.pipelines.recipe.StageEntry;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.pipelines.recipe.Value;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.pipelines.stage.StageType;
import org.jspecify.annotations.Nullable;

/**
 * Makes the points of one stage: its settings' choices, lined up with the points that it reads.
 *
 * <p>Settings that choose records come first, since they decide which other settings there are: a
 * choice of a setting that only one method has is a dimension of that method's points only.
 */
final class StageExpansion {
  private static final Digest NOT_THERE_YET = Digest.of("");

  private final StageEntry entry;
  private final StageType<?> type;
  private final Map<String, Expansion.Stage> known;
  private final StageShape.InRecipe recipe;
  private final StageCatalog catalog;
  private final boolean isRead;
  private final List<Problem> problems;
  private final Alternatives alternatives;
  private boolean isBlocked;

  StageExpansion(
      StageEntry entry,
      StageType<?> type,
      Map<String, Expansion.Stage> known,
      StageShape.InRecipe recipe,
      StageCatalog catalog,
      boolean isRead,
      List<Problem> problems) {
    this.entry = entry;
    this.type = type;
    this.known = known;
    this.recipe = recipe;
    this.catalog = catalog;
    this.isRead = isRead;
    this.problems = problems;
    this.alternatives = new Alternatives(problems);
  }

  /** A point in the making. */
  private record Partial(
      SortedMap<String, String> dimensions,
      Map<String, Value> values,
      SortedMap<String, List<Point>> ports) {}

  /** A choice of a setting or a point for a port. */
  private record Step(
      SortedMap<String, String> dimensions, @Nullable Value value, List<Point> points) {}

  List<Point> expand(int replicates) {
    Map<String, Value> shared = new LinkedHashMap<>();
    List<Partial> partials = List.of(new Partial(new TreeMap<>(), Map.of(), new TreeMap<>()));
    List<String> choosers = Shape.choosers(type);
    for (String chooser : choosers) {
      partials = withSetting(partials, chooser, shared);
    }
    Map<Map<String, Class<? extends Record>>, Shape> shapes = new LinkedHashMap<>();
    Map<Map<String, Class<? extends Record>>, List<Partial>> byShape = new LinkedHashMap<>();
    for (Partial partial : partials) {
      Shape shape = Shape.of(type, new StageShape.Values(shared, partial.values()));
      shapes.putIfAbsent(shape.chosen(), shape);
      byShape.computeIfAbsent(shape.chosen(), key -> new ArrayList<>()).add(partial);
    }
    reportUnknown(shapes.values());
    List<Point> points = new ArrayList<>();
    byShape.forEach(
        (chosen, some) -> {
          Shape shape = shapes.get(chosen);
          if (shape != null) {
            points.addAll(expand(shape, some, new LinkedHashMap<>(shared), replicates, choosers));
          }
        });
    reportLost(points);
    return points;
  }

  private List<Point> expand(
      Shape shape,
      List<Partial> start,
      Map<String, Value> shared,
      int replicates,
      List<String> choosers) {
    List<Partial> partials = start;
    Set<String> placeholders = new LinkedHashSet<>();
    List<Setting> lists = new ArrayList<>();
    for (Map.Entry<String, Value.Entry> written : entry.settings().entrySet()) {
      Setting setting = shape.settings().get(written.getKey());
      if (setting == null || choosers.contains(setting.name())) {
        continue;
      }
      if (!setting.isPort()) {
        partials = withSetting(partials, setting.name(), shared);
      } else if (!Conversion.isEmpty(written.getValue().value())) {
        if (!canBeRead(setting, written.getValue().value())) {
          placeholders.add(setting.name());
        } else if (setting.isListPort()) {
          partials = withSetting(partials, setting.name(), shared);
          lists.add(setting);
        } else {
          partials = lineUp(partials, setting.name(), port(setting, written.getValue().value()));
        }
      }
    }
    if (replicates > 1) {
      List<Step> steps = new ArrayList<>();
      for (int i = 1; i <= replicates; i++) {
        SortedMap<String, String> replicate = new TreeMap<>();
        replicate.put(Alternatives.REPLICATE, Integer.toString(i));
        steps.add(new Step(replicate, null, List.of()));
      }
      partials = lineUp(partials, Alternatives.REPLICATE, steps);
    }
    partials = new Exclusion(entry, problems).from(partials, Partial::dimensions);
    Collector collector = new Collector(known, problems);
    StageShape stage = new StageShape(entry, shape, new Binder(entry, shape), recipe, isRead);
    List<Point> points = new ArrayList<>();
    for (Partial partial : partials) {
      StageShape.Values values = new StageShape.Values(shared, partial.values());
      SortedMap<String, List<Point>> ports = new TreeMap<>(partial.ports());
      for (Setting list : lists) {
        ports.put(
            list.name(), collector.collect(list, values.apply(list.name()), partial.dimensions()));
      }
      Record checked = stage.binder().bind(values, inputs(ports, placeholders), problems);
      if (checked != null) {
        points.add(new Point(stage, partial.dimensions(), ports, checked));
      } else if (problems.size() > Plan.MOST_PROBLEMS) {
        break;
      }
    }
    return points;
  }

  private List<Partial> withSetting(
      List<Partial> partials, String name, Map<String, Value> shared) {
    Value.Entry written = entry.settings().get(name);
    if (written == null) {
      return partials;
    }
    List<Alternative> all = alternatives.of(name, written.value());
    if (all.size() == 1 && all.get(0).dimensions().isEmpty()) {
      shared.put(name, all.get(0).value());
      return partials;
    }
    return lineUp(
        partials,
        name,
        all.stream().map(one -> new Step(one.dimensions(), one.value(), List.of())).toList());
  }

  private List<Partial> lineUp(List<Partial> partials, String name, List<Step> steps) {
    Lineup<Step> lineup = new Lineup<>(steps, Step::dimensions);
    List<Partial> joined = new ArrayList<>();
    for (Partial partial : partials) {
      for (Step step : lineup.matching(partial.dimensions())) {
        SortedMap<String, String> dimensions = Lineup.join(partial.dimensions(), step.dimensions());
        if (dimensions != null) {
          joined.add(add(partial, dimensions, name, step));
        }
      }
      if (joined.size() > Alternatives.MOST) {
        problems.add(
            entry
                .place()
                .problem(
                    "the stage " + entry.name() + " has more than " + Alternatives.MOST + " points",
                    "take a dimension out, or exclude points"));
        isBlocked = true;
        return List.of();
      }
    }
    return joined;
  }

  private static Partial add(
      Partial partial, SortedMap<String, String> dimensions, String name, Step step) {
    Map<String, Value> values = partial.values();
    SortedMap<String, List<Point>> ports = partial.ports();
    if (step.value() != null) {
      values = new LinkedHashMap<>(values);
      values.put(name, step.value());
    } else if (!step.points().isEmpty()) {
      ports = new TreeMap<>(ports);
      ports.put(name, step.points());
    }
    return new Partial(dimensions, values, ports);
  }

  /** The points that can fill a port, each with the dimensions that it brings. */
  private List<Step> port(Setting setting, Value value) {
    List<Step> steps = new ArrayList<>();
    for (Alternative one : alternatives.of(setting.name(), value)) {
      if (Conversion.isEmpty(one.value())) {
        steps.add(new Step(one.dimensions(), null, List.of()));
      } else if (one.value() instanceof Value.Reference reference) {
        Lineup<Point> points =
            new Lineup<>(
                Collector.matching(known, reference, problems),
                point -> Collector.inherited(point, reference));
        for (Point point : points.matching(one.dimensions())) {
          SortedMap<String, String> dimensions =
              Lineup.join(one.dimensions(), Collector.inherited(point, reference));
          if (dimensions != null) {
            steps.add(new Step(dimensions, null, List.of(point)));
          }
        }
      }
    }
    return steps;
  }

  /** Whether a port's references are of the right kind and have points; else there is a problem. */
  private boolean canBeRead(Setting port, Value value) {
    boolean sound = new PortCheck(entry, port, problems).isSound(value);
    boolean ready = true;
    for (Value.Reference reference : Alternatives.references(value)) {
      Expansion.Stage stage = known.get(reference.stage());
      ready &= stage != null && !stage.isBroken();
      StageType<?> read = stage == null ? null : catalog.find(stage.entry().uses()).orElse(null);
      if (read != null && !port.kinds().isEmpty() && !port.kinds().contains(read.produces())) {
        problems.add(
            reference
                .place()
                .problem(
                    port.name()
                        + " takes "
                        + String.join(" or ", port.kinds())
                        + ", and "
                        + reference.stage()
                        + " makes "
                        + read.produces(),
                    "refer to a stage that makes " + String.join(" or ", port.kinds())));
        sound = false;
      }
    }
    ready &= !Alternatives.hasUnknown(value);
    isBlocked |= !sound || !ready;
    return sound && ready;
  }

  /** Stand-ins for the artifacts, so that the record's own checks can run. */
  private static Map<String, List<Input>> inputs(
      SortedMap<String, List<Point>> ports, Set<String> placeholders) {
    Map<String, List<Input>> inputs = new LinkedHashMap<>();
    ports.forEach(
        (name, points) ->
            inputs.put(
                name,
                points.stream()
                    .map(point -> new Input(point.type().produces(), NOT_THERE_YET, Path.of("")))
                    .toList()));
    placeholders.forEach(
        name -> inputs.put(name, List.of(new Input("", NOT_THERE_YET, Path.of("")))));
    return inputs;
  }

  private void reportUnknown(Iterable<Shape> shapes) {
    Set<String> names = new TreeSet<>();
    shapes.forEach(shape -> names.addAll(shape.settings().keySet()));
    Set<String> mayBeMeant = new TreeSet<>(StageEntry.RESERVED);
    boolean unclear = false;
    for (Setting setting : SettingsForm.of(type.settings()).settings()) {
      if (setting.chooser() != null) {
        for (Shape shape : shapes) {
          unclear |= !shape.chosen().containsKey(setting.name());
        }
        if (unclear) {
          Shape.choices(type, setting)
              .values()
              .forEach(
                  record ->
                      SettingsForm.of(record).settings().forEach(inner -> names.add(inner.name())));
        }
      }
    }
    mayBeMeant.addAll(names);
    entry
        .settings()
        .forEach(
            (name, written) -> {
              if (!names.contains(name)) {
                problems.add(
                    written
                        .key()
                        .problem(
                            "unknown setting " + name + " of " + type.name(),
                            Suggestion.among(name, mayBeMeant, "settings")));
              }
            });
  }

  private void reportLost(List<Point> points) {
    if (points.isEmpty() && problems.isEmpty() && !isBlocked) {
      problems.add(
          entry
              .place()
              .problem(
                  "no points are left of the stage " + entry.name(),
                  "what it reads shares no labels, or all are excluded"));
    }
    Set<SortedMap<String, String>> seen = new LinkedHashSet<>();
    for (Point point : points) {
      if (!seen.add(point.dimensions())) {
        problems.add(
            entry
                .place()
                .problem(
                    "two points are named " + Selection.name(entry.name(), point.dimensions()),
                    "give one of its choices another name with as"));
        return;
      }
    }
  }

  /** The label of a condition, for messages and for comparing. */
  static @Nullable String label(Value value) {
    return value instanceof Value.Scalar scalar && scalar.value() != null
        ? Labels.of(scalar.value())
        : null;
  }
}
