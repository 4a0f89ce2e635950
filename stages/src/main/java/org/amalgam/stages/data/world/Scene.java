package org.amalgam.stages.data.world;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A composition laid out.
 *
 * @param placements back to front
 */
public record Scene(Background background, List<Placement> placements) {
  /**
   * One object.
   *
   * @param cell its cell in the artwork; of nouns, their index
   * @param quarter 0 top left, 1 top right, 2 bottom left, 3 bottom right
   * @param x pixels from the left edge
   * @param y pixels from the top
   * @param size side in pixels
   * @param gain brightness, 256 leaves it as it is
   */
  public record Placement(
      int cell, int quarter, int x, int y, int size, boolean mirrored, int gain) {}

  public Scene {
    placements = List.copyOf(placements);
  }

  public Composition composition() {
    SortedMap<Integer, Integer> counts = new TreeMap<>();
    for (Placement each : placements) {
      counts.merge(each.cell(), 1, Integer::sum);
    }
    return new Composition(background, counts);
  }
}
