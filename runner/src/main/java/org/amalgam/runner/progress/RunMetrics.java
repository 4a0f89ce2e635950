package org.amalgam.runner.progress;

import com.google.common.util.concurrent.AtomicDouble;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.RunListener;
import org.amalgam.runner.schedule.Verdict;

/**
 * Counts and times a run with Micrometer, in Prometheus' text format: for a file beside the run,
 * and for whoever asks while it goes.
 */
public final class RunMetrics implements RunListener {
  /** Where a point was when it last reported. */
  private record Reported(long done, long nanos, Counter units, Timer unitTime) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<Point, Reported> reported = new ConcurrentHashMap<>();
  private final Map<Point, Map<String, AtomicDouble>> values = new ConcurrentHashMap<>();
  private final AtomicInteger ready = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger();
  private final String recipe;
  private final ToLongFunction<Digest> bytes;

  /**
   * Counts nothing yet.
   *
   * @param bytes the size of an artifact's files
   */
  public RunMetrics(String recipe, ToLongFunction<Digest> bytes) {
    this.recipe = recipe;
    this.bytes = bytes;
  }

  @Override
  public void began(List<Point> points) {
    for (Verdict verdict : Verdict.values()) {
      verdicts(verdict);
    }
    waits();
    retries();
    Gauge.builder("amalgam.stages.ready", ready, AtomicInteger::get)
        .description("Stages that could run and have no slot")
        .register(registry);
    Gauge.builder("amalgam.stages.running", running, AtomicInteger::get)
        .description("Stages that have a slot")
        .register(registry);
    Gauge.builder("amalgam.stages.planned", points, List::size)
        .description("Stages of this run")
        .strongReference(true)
        .register(registry);
  }

  private Counter verdicts(Verdict verdict) {
    return Counter.builder("amalgam.stages")
        .description("Stages by verdict")
        .tag("recipe", recipe)
        .tag("verdict", verdict.toString())
        .register(registry);
  }

  private Counter waits() {
    return Counter.builder("amalgam.lease.waits")
        .description("Times that a stage found its key being computed by somebody else")
        .register(registry);
  }

  private Counter retries() {
    return Counter.builder("amalgam.retries")
        .description("Attempts that failed and were followed by another")
        .register(registry);
  }

  @Override
  public void queued(int nowReady, int nowRunning) {
    ready.set(nowReady);
    running.set(nowRunning);
  }

  @Override
  public void waiting(Point point, String holder) {
    waits().increment();
  }

  @Override
  public void retrying(Point point, String message) {
    retries().increment();
    reported.remove(point);
  }

  @Override
  public void advanced(Point point, long done, long total, String unit, Map<String, Double> shown) {
    long now = System.nanoTime();
    reported.compute(
        point,
        (p, before) -> {
          if (before == null) {
            return new Reported(done, now, units(point, unit), unitTime(point, unit));
          }
          long more = done - before.done();
          if (more > 0) {
            before.units().increment((double) more);
            before.unitTime().record(Duration.ofNanos((now - before.nanos()) / more));
          }
          return new Reported(done, now, before.units(), before.unitTime());
        });
    shown.forEach((name, value) -> value(point, name).set(value));
  }

  private AtomicDouble value(Point point, String name) {
    return values
        .computeIfAbsent(point, p -> new ConcurrentHashMap<>())
        .computeIfAbsent(
            name,
            n -> {
              AtomicDouble last = new AtomicDouble(Double.NaN);
              Gauge.builder("amalgam.stage.value", last, AtomicDouble::get)
                  .description("What a stage last showed: its loss, its accuracy")
                  .tag("point", point.name())
                  .tag("name", n)
                  .register(registry);
              return last;
            });
  }

  private Counter units(Point point, String unit) {
    return Counter.builder("amalgam.stage.units")
        .description("Units of work done by running stages: steps, images, pairs")
        .tag("stage", point.stage())
        .tag("unit", unit)
        .register(registry);
  }

  private Timer unitTime(Point point, String unit) {
    return Timer.builder("amalgam.stage.unit.time")
        .description("Wall time of one unit of work, as the mean between two reports")
        .tag("stage", point.stage())
        .tag("unit", unit)
        .register(registry);
  }

  @Override
  public void ended(Outcome outcome) {
    verdicts(outcome.verdict()).increment();
    Digest artifact = outcome.artifact();
    if (outcome.verdict() == Verdict.RAN && artifact != null) {
      Timer.builder("amalgam.stage.duration")
          .description("Wall time of the stages that ran")
          .tag("stage", outcome.point().stage())
          .tag("uses", outcome.point().type().name())
          .register(registry)
          .record(Duration.ofNanos((long) (outcome.seconds() * 1e9)));
      Counter.builder("amalgam.artifact")
          .description("Size of the artifacts that were made")
          .baseUnit("bytes")
          .tag("stage", outcome.point().stage())
          .register(registry)
          .increment((double) bytes.applyAsLong(artifact));
    }
  }

  /** Everything as it is now, in the Prometheus text format. */
  public String text() {
    return registry.scrape();
  }

  /** Writes {@link #text}. */
  public void write(Path file) throws IOException {
    Files.writeString(file, text());
  }
}
