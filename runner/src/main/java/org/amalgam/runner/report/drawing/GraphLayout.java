package org.amalgam.runner.report.drawing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Places the nodes of a graph without cycles in layers, after Sugiyama, Tagawa and Toda (1981):
 * longest paths give the layers, long edges get a bend in each layer that they cross, and sweeps by
 * barycentre order each layer. Edges that follow from others are left out.
 */
final class GraphLayout {
  private static final int SWEEPS = 6;

  /** A node, or a bend of an edge where it has no name. */
  static final class Place {
    final String name;
    final int layer;
    final List<Place> before = new ArrayList<>();
    final List<Place> after = new ArrayList<>();
    double y;

    private Place(String name, int layer) {
      this.name = name;
      this.layer = layer;
    }

    boolean isNode() {
      return !name.isEmpty();
    }

    private double height() {
      return isNode() ? 1 : 0.4;
    }
  }

  private final Map<String, Place> nodes = new LinkedHashMap<>();
  private final List<List<Place>> layers = new ArrayList<>();

  /**
   * Lays out a graph.
   *
   * @param inputs node to the nodes that it reads; those come before it in the map
   */
  GraphLayout(Map<String, ? extends Set<String>> inputs) {
    Map<String, Set<String>> ancestors = new LinkedHashMap<>();
    inputs.forEach(
        (name, direct) -> {
          Set<String> all = new LinkedHashSet<>();
          Set<String> implied = new LinkedHashSet<>();
          for (String input : direct) {
            Set<String> further = ancestors.getOrDefault(input, Set.of());
            implied.addAll(further);
            all.add(input);
            all.addAll(further);
          }
          ancestors.put(name, all);
          List<Place> reads =
              direct.stream()
                  .filter(input -> !implied.contains(input))
                  .map(nodes::get)
                  .filter(java.util.Objects::nonNull)
                  .toList();
          int layer = reads.stream().mapToInt(place -> place.layer + 1).max().orElse(0);
          Place place = add(name, layer);
          nodes.put(name, place);
          reads.forEach(read -> join(read, place));
        });
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      arrange(sweep % 2 == 0);
    }
  }

  private Place add(String name, int layer) {
    while (layers.size() <= layer) {
      layers.add(new ArrayList<>());
    }
    Place place = new Place(name, layer);
    List<Place> column = layers.get(layer);
    place.y = column.size();
    column.add(place);
    return place;
  }

  private void join(Place from, Place to) {
    Place last = from;
    for (int layer = from.layer + 1; layer < to.layer; layer++) {
      Place bend = add("", layer);
      link(last, bend);
      last = bend;
    }
    link(last, to);
  }

  private static void link(Place from, Place to) {
    from.after.add(to);
    to.before.add(from);
  }

  /** Orders each layer by the mean height of its neighbours, then moves each as near as it can. */
  private void arrange(boolean forwards) {
    for (int i = 0; i < layers.size(); i++) {
      List<Place> layer = layers.get(forwards ? i : layers.size() - 1 - i);
      Map<Place, Double> wanted = new LinkedHashMap<>();
      for (Place place : layer) {
        wanted.put(place, mean(forwards ? place.before : place.after, place.y));
      }
      layer.sort(Comparator.comparing(place -> wanted.getOrDefault(place, place.y)));
      double next = Double.NEGATIVE_INFINITY;
      double moved = 0;
      for (Place place : layer) {
        double aim = wanted.getOrDefault(place, place.y);
        place.y = Math.max(aim, next);
        next = place.y + place.height();
        moved += place.y - aim;
      }
      // what was pushed down is centred again
      for (Place place : layer) {
        place.y -= moved / layer.size();
      }
    }
  }

  private static double mean(List<Place> neighbours, double otherwise) {
    return neighbours.stream().mapToDouble(place -> place.y).average().orElse(otherwise);
  }

  List<List<Place>> layers() {
    return layers;
  }

  /** The smallest and largest height of a node or bend. */
  double[] range() {
    double[] all = layers.stream().flatMap(List::stream).mapToDouble(p -> p.y).sorted().toArray();
    return all.length == 0 ? new double[2] : new double[] {all[0], all[all.length - 1]};
  }
}
