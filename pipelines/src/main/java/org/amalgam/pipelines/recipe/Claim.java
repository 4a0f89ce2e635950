package org.amalgam.pipelines.recipe;

import java.util.List;
import java.util.stream.Stream;

/**
 * Something that the paper says, as predicates over cells of tables; it holds if all of them do.
 *
 * @param says the claim in one sentence
 * @param section where the paper says it; may be empty
 * @param note what is to be known beside it; may be empty
 */
public record Claim(
    String name, String says, String section, String note, List<Predicate> holdsIf) {
  public Claim {
    holdsIf = List.copyOf(holdsIf);
  }

  /** A statement about at least two numbers. */
  public sealed interface Predicate {
    /** The numbers that it compares, in order. */
    List<Quantity> of();
  }

  /**
   * Each number is above the next one.
   *
   * @param by by more than so much, in the cells' unit; below 0 it says "level with or above"
   */
  public record Above(List<Quantity> of, double by) implements Predicate {
    public Above {
      of = List.copyOf(of);
    }
  }

  /**
   * No two of the numbers are further apart than so much.
   *
   * @param within in the cells' unit, above 0
   */
  public record Level(List<Quantity> of, double within) implements Predicate {
    public Level {
      of = List.copyOf(of);
    }
  }

  /** Every cell that it reads, in order. */
  public Stream<Quantity.Cell> cells() {
    return holdsIf.stream().flatMap(predicate -> predicate.of().stream()).flatMap(Quantity::cells);
  }
}
