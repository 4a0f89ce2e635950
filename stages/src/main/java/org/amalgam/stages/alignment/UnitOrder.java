package org.amalgam.stages.alignment;

/**
 * The order that the units of an expert get.
 *
 * @param layer from 0
 * @param order which unit comes to each place
 * @param before cosine of all their weights with the reference's before
 * @param after the same after, at least as much
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record UnitOrder(
    int layer, String expert, UnitKind kind, int[] order, double before, double after) {
  /** How many units come to another place. */
  public int moved() {
    int moved = 0;
    for (int i = 0; i < order.length; i++) {
      moved += order[i] == i ? 0 : 1;
    }
    return moved;
  }

  /** The same for parts of units: each of {@code width}, all of them {@code repeats} times. */
  int[] parts(int width, int repeats) {
    int[] parts = new int[repeats * order.length * width];
    for (int i = 0; i < parts.length; i++) {
      int unit = i / width % order.length;
      parts[i] = i + (order[unit] - unit) * width;
    }
    return parts;
  }
}
