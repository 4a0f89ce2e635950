package org.amalgam.pipelines.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.amalgam.pipelines.recipe.Place;
import org.amalgam.pipelines.recipe.Problem;
import org.amalgam.pipelines.recipe.Selection;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.pipelines.recipe.TableEntry;

/**
 * What is asked for.
 *
 * @param wanted stages with conditions
 * @param stages the names of all stages that must be sound for it
 * @param tables the names of the tables asked for
 * @param claims the claims asked for by name
 */
record Targets(
    Expansion expansion,
    List<Wanted> wanted,
    Set<String> stages,
    Set<String> tables,
    Set<ClaimPlanner> claims,
    List<Problem> problems) {

  /**
   * @param down whether what reads from it is wanted too
   */
  record Wanted(Selection selection, boolean down) {}

  static Targets of(
      List<String> targets,
      Expansion expansion,
      List<TableEntry> tables,
      List<ClaimPlanner> claims) {
    Targets asked =
        new Targets(
            expansion,
            new ArrayList<>(),
            new LinkedHashSet<>(),
            new LinkedHashSet<>(),
            new LinkedHashSet<>(),
            new ArrayList<>());
    Set<String> names = new LinkedHashSet<>();
    if (targets.isEmpty() && tables.isEmpty()) {
      expansion.graph().order().forEach(name -> asked.want(new Selection(name, none()), false));
    }
    // A recipe with tables is asked for its tables: stages for other profiles need not run.
    List<String> tableNames = tables.stream().map(entry -> entry.table().name()).toList();
    (targets.isEmpty() ? tableNames : targets).forEach(target -> asked.add(target, tables, claims));
    for (Wanted one : asked.wanted) {
      Set<String> name = Set.of(one.selection().name());
      names.addAll(one.down() ? expansion.graph().withDownstream(name) : name);
    }
    for (TableEntry entry : tables) {
      if (asked.tables.contains(entry.table().name())) {
        entry.table().columns().stream()
            .map(column -> column.stage())
            .filter(expansion.stages()::containsKey)
            .forEach(names::add);
      }
    }
    asked.claims.forEach(
        claim -> claim.stages().filter(expansion.stages()::containsKey).forEach(names::add));
    asked.stages.addAll(expansion.graph().withUpstream(names));
    return asked;
  }

  private static java.util.SortedMap<String, String> none() {
    return Collections.emptySortedMap();
  }

  private void want(Selection selection, boolean down) {
    wanted.add(new Wanted(selection, down));
  }

  /** Whether mistakes in a claim matter: it is asked for, or one of its tables is. */
  boolean needs(ClaimPlanner claim) {
    return claims.contains(claim)
        || claim.claim().cells().anyMatch(cell -> tables.contains(cell.table()))
        || (!tables.isEmpty() && !claim.namesATable());
  }

  private void add(String target, List<TableEntry> entries, List<ClaimPlanner> planners) {
    Place place = Place.ofArgument("target", target);
    String bare = target.strip();
    boolean down = bare.endsWith("+");
    bare = down ? bare.substring(0, bare.length() - 1) : bare;
    bare = bare.startsWith("+") ? bare.substring(1) : bare;
    Selection selection = Selection.parse(bare).orElse(null);
    if (selection == null) {
      problems.add(
          place.problem(
              "\"" + target + "\" is not a target",
              "write name, name[dimension=label], name[*], +name or name+"));
      return;
    }
    List<String> tableNames = entries.stream().map(entry -> entry.table().name()).toList();
    Expansion.Stage stage = expansion.stages().get(selection.name());
    List<ClaimPlanner> claimed =
        planners.stream().filter(claim -> claim.claim().name().equals(selection.name())).toList();
    if (stage == null && !claimed.isEmpty() && selection.where().isEmpty()) {
      claims.addAll(claimed);
    } else if (stage == null
        && tableNames.contains(selection.name())
        && selection.where().isEmpty()) {
      tables.add(selection.name());
    } else if (stage == null) {
      Set<String> known = new TreeSet<>(expansion.stages().keySet());
      known.addAll(tableNames);
      planners.forEach(claim -> known.add(claim.claim().name()));
      problems.add(
          place.problem(
              "there is no stage, table or claim " + selection.name(),
              Suggestion.among(selection.name(), known, "stages, tables and claims")));
    } else {
      boolean none =
          stage.points().stream()
              .noneMatch(point -> Selection.matches(selection.where(), point.dimensions()));
      if (none && !stage.isBroken()) {
        problems.add(
            place.problem(
                "the stage "
                    + selection.name()
                    + " has no point "
                    + Selection.name(selection.name(), selection.where()),
                Collector.hint(stage.points(), selection.where())));
      }
      want(selection, down);
    }
  }

  /** The points asked for and all that they read from, inputs first. */
  List<Point> points(List<TablePlanner> planners) {
    Set<Point> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Point> down = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Wanted one : wanted) {
      for (Point point : pointsOf(one.selection().name())) {
        if (Selection.matches(one.selection().where(), point.dimensions())) {
          needed.add(point);
          if (one.down()) {
            down.add(point);
          }
        }
      }
    }
    for (TablePlanner planner : planners) {
      if (tables.contains(planner.entry().table().name())) {
        planner
            .fillAll()
            .rows()
            .forEach(row -> row.cells().forEach(cell -> needed.addAll(cell.points())));
      }
    }
    claims.forEach(claim -> claim.points().forEach(needed::add));
    List<Point> all = expansion.points();
    for (Point point : all) {
      if (reads(point, down)) {
        down.add(point);
        needed.add(point);
      }
    }
    for (int i = all.size() - 1; i >= 0; i--) {
      if (needed.contains(all.get(i))) {
        all.get(i).inputs().values().forEach(needed::addAll);
      }
    }
    return all.stream().filter(needed::contains).toList();
  }

  private static boolean reads(Point point, Set<Point> from) {
    if (from.isEmpty()) {
      return false;
    }
    for (Map.Entry<String, List<Point>> port : point.inputs().entrySet()) {
      if (port.getValue().stream().anyMatch(from::contains)) {
        return true;
      }
    }
    return false;
  }

  private List<Point> pointsOf(String name) {
    Expansion.Stage stage = expansion.stages().get(name);
    return stage == null ? List.of() : stage.points();
  }
}
