package org.amalgam.pipelines.recipe;

import java.util.List;

/**
 * A claim with the places that its own mistakes are reported at.
 *
 * @param place of its name
 * @param cells every cell that it names, where it names it
 * @param problems mistakes in the entry: they matter only if the claim is needed
 */
public record ClaimEntry(Claim claim, Place place, List<NamedCell> cells, List<Problem> problems) {
  /** A cell and where it is named. */
  public record NamedCell(Quantity.Cell cell, Place place) {}
}
