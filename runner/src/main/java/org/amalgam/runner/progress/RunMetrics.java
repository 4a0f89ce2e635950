package org.amalgam.runner.progress;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.RunListener;
import org.amalgam.runner.schedule.Verdict;

/** Counts and times a run with Micrometer, for a file that Prometheus' text collectors read. */
public final class RunMetrics implements RunListener {
  private record Units(long done, Counter counter) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Point, Units> units = new ConcurrentHashMap<>();
  private final String recipe;

  public RunMetrics(String recipe) {
    this.recipe = recipe;
  }

  @Override
  public void began(List<Point> points) {
    for (Verdict verdict : Verdict.values()) {
      verdicts(verdict);
    }
  }

  private Counter verdicts(Verdict verdict) {
    return Counter.builder("amalgam.stages")
        .description("Stages by verdict")
        .tag("recipe", recipe)
        .tag("verdict", verdict.toString())
        .register(registry);
  }

  @Override
  public void advanced(Point point, long done, long total, String unit, Map<String, Double> shown) {
    units.compute(
        point,
        (p, before) -> {
          if (before == null) {
            return new Units(done, unitCounter(point, unit));
          }
          before.counter().increment(Math.max(0, done - before.done()));
          return new Units(done, before.counter());
        });
  }

  private Counter unitCounter(Point point, String unit) {
    return Counter.builder("amalgam.stage.units")
        .description("Units of work done by running stages: steps, images, pairs")
        .tag("stage", point.stage())
        .tag("unit", unit)
        .register(registry);
  }

  @Override
  public void ended(Outcome outcome) {
    verdicts(outcome.verdict()).increment();
    if (outcome.verdict() == Verdict.RAN) {
      Timer.builder("amalgam.stage.duration")
          .description("Wall time of the stages that ran")
          .tag("stage", outcome.point().stage())
          .tag("uses", outcome.point().type().name())
          .register(registry)
          .record(Duration.ofNanos((long) (outcome.seconds() * 1e9)));
    }
  }

  /** Writes everything in the Prometheus text format. */
  public void write(Path file) throws IOException {
    Files.writeString(file, registry.scrape());
  }
}
