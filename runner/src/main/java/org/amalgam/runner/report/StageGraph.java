package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.runner.progress.Tally;
import org.amalgam.runner.report.drawing.GraphDrawing;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.Verdict;

/** The graph of the stages, with what became of their points. */
final class StageGraph {
  /** More can be drawn, but not read. */
  private static final int MOST = 200;

  private StageGraph() {}

  /** As inline SVG, or a sentence where there are too many. */
  static String svg(RunResults results) {
    Map<String, Set<String>> inputs = new LinkedHashMap<>();
    for (Point point : results.plan().points()) {
      Set<String> reads = inputs.computeIfAbsent(point.stage(), s -> new LinkedHashSet<>());
      point.inputs().values().forEach(list -> list.forEach(input -> reads.add(input.stage())));
    }
    if (inputs.size() > MOST) {
      return "<p>%d stages are more than a picture can show.</p>".formatted(inputs.size());
    }
    Map<String, List<Outcome>> outcomes = new LinkedHashMap<>();
    for (Outcome outcome : results.outcomes()) {
      outcomes.computeIfAbsent(outcome.point().stage(), s -> new ArrayList<>()).add(outcome);
    }
    Map<String, GraphDrawing.Node> nodes = new LinkedHashMap<>();
    outcomes.forEach((stage, all) -> nodes.put(stage, node(stage, all)));
    return GraphDrawing.svg("The graph of the stages", sorted(inputs), nodes);
  }

  /** A stage may stand before one that it reads, where only some of its points do: inputs first. */
  private static Map<String, Set<String>> sorted(Map<String, Set<String>> inputs) {
    Map<String, Set<String>> sorted = new LinkedHashMap<>();
    inputs.keySet().forEach(stage -> visit(stage, inputs, new LinkedHashSet<>(), sorted));
    return sorted;
  }

  private static void visit(
      String stage,
      Map<String, Set<String>> inputs,
      Set<String> open,
      Map<String, Set<String>> sorted) {
    if (sorted.containsKey(stage) || !open.add(stage)) {
      return;
    }
    Set<String> reads = inputs.getOrDefault(stage, Set.of());
    reads.forEach(input -> visit(input, inputs, open, sorted));
    Set<String> earlier = new LinkedHashSet<>(reads);
    earlier.retainAll(sorted.keySet());
    sorted.put(stage, earlier);
  }

  private static GraphDrawing.Node node(String stage, List<Outcome> outcomes) {
    Tally tally = new Tally();
    outcomes.forEach(outcome -> tally.add(outcome.verdict()));
    Verdict worst =
        List.of(Verdict.FAILED, Verdict.BLOCKED, Verdict.CANCELLED, Verdict.RAN, Verdict.CACHED)
            .stream()
            .filter(verdict -> outcomes.stream().anyMatch(o -> o.verdict() == verdict))
            .findFirst()
            .orElse(Verdict.CACHED);
    return new GraphDrawing.Node(tally.toString(), worst.toString(), Names.anchorOfStage(stage));
  }
}
