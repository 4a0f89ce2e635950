package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoubleBinaryOperator;
import org.amalgam.pipelines.recipe.Claim;
import org.amalgam.pipelines.recipe.Quantity;
import org.amalgam.runner.report.FilledTable.FilledCell;
import org.amalgam.runner.report.JudgedClaim.Comparison;
import org.jspecify.annotations.Nullable;

/**
 * Judges claims by the numbers of filled tables.
 *
 * <p>Numbers are compared replicate by replicate, since all that one replicate measures comes from
 * one seed: the interval is that of the paired differences.
 */
final class ClaimJudge {
  /** The replicate of a number that does not depend on the seed: it stands for all. */
  static final String EVERY = "";

  private final Map<Quantity.Cell, FilledCell> cells;

  ClaimJudge(List<FilledTable> tables) {
    Map<Quantity.Cell, FilledCell> known = new java.util.LinkedHashMap<>();
    for (FilledTable filled : tables) {
      for (FilledTable.FilledRow row : filled.rows()) {
        for (int c = 0; c < row.cells().size(); c++) {
          String column = filled.table().columns().get(c).label();
          known.put(
              new Quantity.Cell(filled.table().name(), row.label(), column), row.cells().get(c));
        }
      }
    }
    this.cells = known;
  }

  JudgedClaim judge(Claim claim) {
    List<Comparison> comparisons = new ArrayList<>();
    for (Claim.Predicate predicate : claim.holdsIf()) {
      List<Quantity> of = predicate.of();
      for (int i = 0; i + 1 < of.size(); i++) {
        if (predicate instanceof Claim.Above above) {
          comparisons.add(compare(of.get(i), of.get(i + 1), true, above.by()));
        } else if (predicate instanceof Claim.Level level) {
          for (int j = i + 1; j < of.size(); j++) {
            comparisons.add(compare(of.get(i), of.get(j), false, level.within()));
          }
        }
      }
    }
    ClaimVerdict verdict =
        comparisons.stream().map(Comparison::verdict).reduce(ClaimVerdict.HOLDS, ClaimVerdict::and);
    return new JudgedClaim(claim, verdict, List.copyOf(comparisons));
  }

  private Comparison compare(Quantity first, Quantity second, boolean isAbove, double margin) {
    Quantity both = new Quantity.Combined(Quantity.Combination.DIFFERENCE, List.of(first, second));
    List<Double> differences = List.copyOf(values(both).values());
    Interval interval = differences.isEmpty() ? null : Interval.of(differences);
    ClaimVerdict verdict =
        interval == null
            ? ClaimVerdict.NOT_MEASURED
            : isAbove
                ? ClaimVerdict.above(interval, margin)
                : ClaimVerdict.within(interval, margin);
    return new Comparison(
        first.toString(),
        second.toString(),
        isAbove,
        margin,
        differences,
        interval,
        verdict,
        printed(both),
        interval == null ? missing(both) : "");
  }

  /** Replicate to value; empty where a cell that it needs has none. */
  SortedMap<String, Double> values(Quantity quantity) {
    SortedMap<String, Double> values = new TreeMap<>();
    if (quantity instanceof Quantity.Cell named) {
      FilledCell cell = cells.get(named);
      for (int i = 0; cell != null && i < cell.values().size(); i++) {
        values.put(cell.replicates().get(i), cell.values().get(i));
      }
      return values;
    }
    Quantity.Combined combined = (Quantity.Combined) quantity;
    List<SortedMap<String, Double>> parts = combined.of().stream().map(this::values).toList();
    TreeSet<String> replicates = new TreeSet<>();
    parts.forEach(part -> replicates.addAll(part.keySet()));
    if (replicates.size() > 1) {
      replicates.remove(EVERY);
    }
    for (String replicate : replicates) {
      List<Double> row = new ArrayList<>();
      for (SortedMap<String, Double> part : parts) {
        Double value = part.getOrDefault(replicate, part.get(EVERY));
        if (value != null) {
          row.add(value);
        }
      }
      if (row.size() == parts.size()) {
        values.put(replicate, combine(combined.how(), row));
      }
    }
    return values;
  }

  private @Nullable Double printed(Quantity quantity) {
    if (quantity instanceof Quantity.Cell named) {
      FilledCell cell = cells.get(named);
      return cell == null ? null : cell.printed();
    }
    Quantity.Combined combined = (Quantity.Combined) quantity;
    List<Double> row = new ArrayList<>();
    for (Quantity part : combined.of()) {
      Double value = printed(part);
      if (value == null) {
        return null;
      }
      row.add(value);
    }
    return combine(combined.how(), row);
  }

  private static double combine(Quantity.Combination how, List<Double> values) {
    DoubleBinaryOperator operator =
        switch (how) {
          case MEAN -> Double::sum;
          case DIFFERENCE -> (a, b) -> a - b;
          case GREATEST -> Math::max;
          case LEAST -> Math::min;
        };
    double all = values.stream().mapToDouble(v -> v).reduce(operator).orElseThrow();
    return how == Quantity.Combination.MEAN ? all / values.size() : all;
  }

  /** Why there is no difference: the first cell that has no value. */
  private String missing(Quantity quantity) {
    return quantity
        .cells()
        .filter(cell -> values(cell).isEmpty())
        .findFirst()
        .map(
            cell -> {
              FilledCell filled = cells.get(cell);
              return filled == null ? cell + " was not asked for" : cell + ": " + filled.missing();
            })
        .orElse("no replicate has all of its numbers");
  }
}
