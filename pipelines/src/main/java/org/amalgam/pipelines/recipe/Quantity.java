package org.amalgam.pipelines.recipe;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A number that a claim is about: a cell of a table, or something of several cells. */
public sealed interface Quantity {
  /** Every cell that it reads, in order. */
  Stream<Cell> cells();

  /** A cell of a table, by the labels of its row and column. */
  record Cell(String table, String row, String column) implements Quantity {
    @Override
    public Stream<Cell> cells() {
      return Stream.of(this);
    }

    /** {@code ours, alpha 0.5 / VQA}. */
    @Override
    public String toString() {
      return row + " / " + column;
    }
  }

  /** One number of several, taken in each replicate for itself. */
  record Combined(Combination how, List<Quantity> of) implements Quantity {
    public Combined {
      of = List.copyOf(of);
    }

    @Override
    public Stream<Cell> cells() {
      return of.stream().flatMap(Quantity::cells);
    }

    @Override
    public String toString() {
      return of.stream()
          .map(Quantity::toString)
          .collect(Collectors.joining("; ", how.label() + " (", ")"));
    }
  }

  /** How several numbers become one. */
  enum Combination {
    /** Their arithmetic mean. */
    MEAN,
    /** The first less the second. */
    DIFFERENCE,
    /** The largest of them. */
    GREATEST,
    /** The smallest of them. */
    LEAST;

    /** The name in recipes. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }
}
