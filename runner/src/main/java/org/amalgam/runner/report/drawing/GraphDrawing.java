package org.amalgam.runner.report.drawing;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph from left to right. */
public final class GraphDrawing {
  private static final int NODE_WIDTH = 150;
  private static final int NODE_HEIGHT = 36;
  private static final int ACROSS = 184;
  private static final int DOWN = 43;
  private static final int MARGIN = 6;
  private static final int CHARACTERS = 21;

  private GraphDrawing() {}

  /**
   * What a node shows.
   *
   * @param below a second, smaller line
   * @param style its class
   * @param link where it leads on the page
   */
  public record Node(String below, String style, String link) {}

  /**
   * The picture.
   *
   * @param inputs node to the nodes that it reads; those come before it in the map
   */
  public static String svg(
      String title, Map<String, ? extends Set<String>> inputs, Map<String, Node> nodes) {
    GraphLayout layout = new GraphLayout(inputs);
    double[] range = layout.range();
    int width = (layout.layers().size() - 1) * ACROSS + NODE_WIDTH + 2 * MARGIN;
    int height = (int) ((range[1] - range[0]) * DOWN) + NODE_HEIGHT + 2 * MARGIN;
    StringBuilder svg = new StringBuilder();
    svg.append(
        ("<svg class=\"graph\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\""
                + " aria-label=\"%s\">")
            .formatted(width, height, width, height, Panel.escaped(title)));
    for (List<GraphLayout.Place> layer : layout.layers()) {
      for (GraphLayout.Place place : layer) {
        place.after.forEach(other -> svg.append(edge(place, other, range[0])));
      }
    }
    for (List<GraphLayout.Place> layer : layout.layers()) {
      for (GraphLayout.Place place : layer) {
        Node node = nodes.get(place.name);
        if (node != null) {
          svg.append(node(place, node, range[0]));
        }
      }
    }
    return svg.append("</svg>").toString();
  }

  private static double left(GraphLayout.Place place) {
    return MARGIN + place.layer * ACROSS;
  }

  private static double middle(GraphLayout.Place place, double top) {
    return MARGIN + (place.y - top) * DOWN + NODE_HEIGHT / 2.0;
  }

  private static String edge(GraphLayout.Place from, GraphLayout.Place to, double top) {
    double start = left(from) + NODE_WIDTH;
    double end = left(to);
    double y = middle(from, top);
    double bend = (end - start) / 2;
    // a bend is a straight piece as wide as a node
    String before =
        from.isNode() ? "" : "M%s %sH".formatted(Panel.pixel(left(from)), Panel.pixel(y));
    String path =
        "M%s %sC%s %s %s %s %s %s"
            .formatted(
                Panel.pixel(start),
                Panel.pixel(y),
                Panel.pixel(start + bend),
                Panel.pixel(y),
                Panel.pixel(end - bend),
                Panel.pixel(middle(to, top)),
                Panel.pixel(end),
                Panel.pixel(middle(to, top)));
    return "<path class=\"edge\" d=\"%s%s\"/>"
        .formatted(before.isEmpty() ? "" : before + Panel.pixel(start), path);
  }

  private static String node(GraphLayout.Place place, Node node, double top) {
    double x = left(place);
    double y = middle(place, top) - NODE_HEIGHT / 2.0;
    String name =
        place.name.length() > CHARACTERS
            ? place.name.substring(0, CHARACTERS - 1) + "…"
            : place.name;
    return ("<a href=\"#%s\"><g class=\"node %s\"><title>%s: %s</title>"
            + "<rect x=\"%s\" y=\"%s\" width=\"%d\" height=\"%d\" rx=\"5\"/>"
            + "<text class=\"name\" x=\"%s\" y=\"%s\">%s</text>"
            + "<text x=\"%s\" y=\"%s\">%s</text></g></a>")
        .formatted(
            Panel.escaped(node.link()),
            node.style(),
            Panel.escaped(place.name),
            Panel.escaped(node.below()),
            Panel.pixel(x),
            Panel.pixel(y),
            NODE_WIDTH,
            NODE_HEIGHT,
            Panel.pixel(x + 8),
            Panel.pixel(y + 15),
            Panel.escaped(name),
            Panel.pixel(x + 8),
            Panel.pixel(y + 29),
            Panel.escaped(node.below()));
  }
}
