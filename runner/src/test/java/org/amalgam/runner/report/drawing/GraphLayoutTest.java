package org.amalgam.runner.report.drawing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GraphLayoutTest {
  private static Map<String, GraphLayout.Place> nodes(GraphLayout layout) {
    return layout.layers().stream()
        .flatMap(List::stream)
        .filter(GraphLayout.Place::isNode)
        .collect(Collectors.toMap(place -> place.name, place -> place));
  }

  /** The nodes that an edge reaches, past its bends. */
  private static Set<String> readers(GraphLayout.Place place) {
    Set<String> names = new LinkedHashSet<>();
    for (GraphLayout.Place next : place.after) {
      assertThat(next.layer).isEqualTo(place.layer + 1);
      names.addAll(next.isNode() ? Set.of(next.name) : readers(next));
    }
    return names;
  }

  @Test
  void edgesThatFollowFromOthersAreNotDrawn() {
    Map<String, Set<String>> inputs = new LinkedHashMap<>();
    inputs.put("corpus", Set.of());
    inputs.put("model", Set.of("corpus"));
    inputs.put("score", Set.of("model", "corpus"));

    Map<String, GraphLayout.Place> nodes = nodes(new GraphLayout(inputs));

    assertThat(readers(place(nodes, "corpus"))).containsExactly("model");
    assertThat(place(nodes, "score").layer).isEqualTo(2);
  }

  @Test
  void ofSixtyNodesNoTwoOverlapAndEveryPathIsKept() {
    SplittableRandom random = new SplittableRandom(7);
    Map<String, Set<String>> inputs = new LinkedHashMap<>();
    for (int i = 0; i < 60; i++) {
      Set<String> reads = new LinkedHashSet<>();
      for (int k = 0; k < 3 && i > 0; k++) {
        reads.add("s" + random.nextInt(i));
      }
      inputs.put("s" + i, reads);
    }

    GraphLayout layout = new GraphLayout(inputs);
    Map<String, GraphLayout.Place> nodes = nodes(layout);

    assertThat(nodes).hasSize(60);
    for (List<GraphLayout.Place> layer : layout.layers()) {
      for (int i = 1; i < layer.size(); i++) {
        double gap = layer.get(i).y - layer.get(i - 1).y;
        assertThat(gap).isGreaterThan(layer.get(i - 1).isNode() ? 0.999 : 0.399);
      }
    }
    inputs.forEach(
        (name, reads) -> {
          for (String input : reads) {
            assertThat(reaches(nodes, input, name)).as(input + " to " + name).isTrue();
          }
        });
  }

  private static boolean reaches(Map<String, GraphLayout.Place> nodes, String from, String to) {
    return from.equals(to)
        || readers(place(nodes, from)).stream().anyMatch(next -> reaches(nodes, next, to));
  }

  private static GraphLayout.Place place(Map<String, GraphLayout.Place> nodes, String name) {
    return Objects.requireNonNull(nodes.get(name), name);
  }
}
