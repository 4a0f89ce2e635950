package org.amalgam.stages.alignment;

import java.util.Map;
import java.util.TreeMap;

/** What can be put in another order inside an expert without changing what it computes. */
public enum UnitKind {
  /** The units between the two layers of a feed-forward network. */
  HIDDEN_UNITS(
      "mlp",
      Map.of(
          "fc1.weight",
          Side.ROWS,
          "fc1.bias",
          Side.ROWS,
          "fc2.weight",
          Side.COLUMNS,
          "fc2.bias",
          Side.NONE)),
  /** The heads of attention: rows of q, k and v and columns of the projection. */
  HEADS(
      "attn",
      Map.of(
          "qkv.weight",
          Side.ROWS,
          "q_bias",
          Side.ROWS,
          "v_bias",
          Side.ROWS,
          "proj.weight",
          Side.COLUMNS,
          "proj.bias",
          Side.NONE));

  /** Along which side of a tensor the units lie. */
  enum Side {
    ROWS,
    COLUMNS,
    NONE
  }

  private final String subLayer;
  private final Map<String, Side> sides;

  UnitKind(String subLayer, Map<String, Side> sides) {
    this.subLayer = subLayer;
    this.sides = new TreeMap<>(sides);
  }

  String subLayer() {
    return subLayer;
  }

  boolean knows(String parameter) {
    return sides.containsKey(parameter);
  }

  Side side(String parameter) {
    return sides.getOrDefault(parameter, Side.NONE);
  }

  /** How many times all units follow each other along the rows: q, k and v. */
  static int repeats(String parameter) {
    return parameter.equals("qkv.weight") ? 3 : 1;
  }

  /** For reports: {@code hidden units}. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }
}
