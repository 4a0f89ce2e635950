package org.amalgam.stages.correlation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.pipelines.stage.StageType;

/**
 * The stage {@code correlate}: for each metric {@code pearson} and {@code spearman} with {@code
 * pearson-p} and {@code spearman-p} below its path, such as {@code v-l.tssd.pearson}; and {@code
 * points}, {@code least-p.pearson} and {@code least-p.spearman}.
 */
public final class CorrelateStage implements StageType<CorrelateSettings> {
  @Override
  public String name() {
    return "correlate";
  }

  @Override
  public String summary() {
    return "Correlates metrics with another one over several points: Pearson, Spearman, permutation"
        + " p.";
  }

  @Override
  public Class<CorrelateSettings> settings() {
    return CorrelateSettings.class;
  }

  @Override
  public String produces() {
    return "metrics";
  }

  @Override
  public boolean usesEngine() {
    return false;
  }

  @Override
  public boolean usesSeed() {
    return false;
  }

  @Override
  public void run(CorrelateSettings settings, StageContext context) throws Exception {
    int points = settings.points().size();
    if (points < Correlation.LEAST_POINTS) {
      throw new StageFailure(
          "points: there are %d, but a correlation needs %d"
              .formatted(points, Correlation.LEAST_POINTS));
    }
    List<MetricsTree> read = new ArrayList<>();
    for (Input point : settings.points()) {
      read.add(MetricsTree.of(point));
    }
    double[] with = numbers(read, settings.with());
    MetricsTree metrics = MetricsTree.empty();
    metrics.put("points", points);
    double leastPearson = 0;
    double leastSpearman = 0;
    for (String path : settings.metrics()) {
      Optional<Correlation> found = Correlation.of(numbers(read, path), with);
      if (found.isEmpty()) {
        context.log(
            "%s and %s: one is the same at all points, so there is no correlation"
                .formatted(path, settings.with()));
        continue;
      }
      Correlation correlation = found.get();
      metrics.put(path + ".pearson", correlation.pearson().value());
      metrics.put(path + ".pearson-p", correlation.pearson().probability());
      metrics.put(path + ".spearman", correlation.spearman().value());
      metrics.put(path + ".spearman-p", correlation.spearman().probability());
      leastPearson = Math.max(leastPearson, correlation.pearson().leastProbability());
      leastSpearman = Math.max(leastSpearman, correlation.spearman().leastProbability());
      correlation.warning().ifPresent(warning -> context.log(path + ": " + warning));
    }
    if (leastPearson > 0) {
      metrics.put("least-p.pearson", leastPearson);
      metrics.put("least-p.spearman", leastSpearman);
    }
    metrics.write(context.output());
  }

  private static double[] numbers(List<MetricsTree> points, String path) throws StageFailure {
    double[] numbers = new double[points.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = points.get(i).number(path);
    }
    return numbers;
  }
}
