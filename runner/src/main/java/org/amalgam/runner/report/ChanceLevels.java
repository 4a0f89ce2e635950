package org.amalgam.runner.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.amalgam.pipelines.plan.Point;

/** What guessing, and knowing the words or the frequencies alone, are worth in each evaluation. */
final class ChanceLevels {
  private static final Map<String, String> LEVELS = levels();

  private ChanceLevels() {}

  /** Path in the metrics to what it says. */
  private static Map<String, String> levels() {
    Map<String, String> levels = new LinkedHashMap<>();
    levels.put("chance", "guessing");
    levels.put("prior", "always the most frequent");
    levels.put("question-only", "from the question alone");
    levels.put("text-only", "from the words alone");
    levels.put("chance.text-recall.mean", "guessing, text recall");
    levels.put("chance.image-recall.mean", "guessing, image recall");
    levels.put("itm-chance", "guessing, matching");
    levels.put("mlm-prior", "always the most frequent word");
    levels.put("itc-chance", "guessing, contrastive loss");
    return levels;
  }

  /** Stage to its levels in words, in the plan's order. */
  static Map<String, String> of(RunResults results) {
    Map<String, Map<String, List<Double>>> found = new LinkedHashMap<>();
    for (Point point : results.plan().points()) {
      if (!point.type().name().equals("evaluate") || !results.hasMetrics(point)) {
        continue;
      }
      Metrics metrics = results.metrics(point).orElseThrow();
      LEVELS.forEach(
          (path, says) -> {
            OptionalDouble number = metrics.number(path);
            if (number.isPresent()) {
              found
                  .computeIfAbsent(point.stage(), s -> new LinkedHashMap<>())
                  .computeIfAbsent(says, s -> new ArrayList<>())
                  .add(number.getAsDouble());
            }
          });
    }
    Map<String, String> texts = new LinkedHashMap<>();
    found.forEach(
        (stage, levels) -> {
          List<String> parts = new ArrayList<>();
          levels.forEach((says, numbers) -> parts.add(says + " " + range(numbers)));
          texts.put(stage, String.join("; ", parts));
        });
    return texts;
  }

  private static String range(List<Double> numbers) {
    double[] sorted = numbers.stream().mapToDouble(v -> v).sorted().toArray();
    String low = String.format(Locale.ROOT, "%.2f", sorted[0]);
    String high = String.format(Locale.ROOT, "%.2f", sorted[sorted.length - 1]);
    return low.equals(high) ? low : low + " to " + high;
  }
}
