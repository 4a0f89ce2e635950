package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Keep;
import org.amalgam.pipelines.stage.Resources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a stage asks of the runner, beside what it computes. */
class DemandsTest {
  private static final String START =
      "world: {uses: corpus, nouns: 6, scenes: 10%s}\nstart: {uses: init, corpus: ${world}%s}\n";
  private static final String ALL =
      ", resources: {gpus: 2, memory: 1.5GiB, threads: 3}, retries: 4, timeout: 90m, keep: scratch";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private Point start(String demands, String... overrides) throws Exception {
    return plan(demands, overrides).points().get(1);
  }

  private Plan plan(String demands, String... overrides) throws Exception {
    return RecipeFile.ofStages(directory, START.formatted("", demands)).plan(overrides);
  }

  @Test
  void aPointHasWhatItsStageAsksFor() throws Exception {
    Point start = start(ALL);

    assertThat(start.resources()).isEqualTo(new Resources(2, 1_610_612_736L, 3));
    assertThat(start.retries()).hasValue(4);
    assertThat(start.timeout()).contains(Duration.ofMinutes(90));
    assertThat(start.keep()).isEqualTo(Keep.SCRATCH);
  }

  @Test
  void whatIsNotSaidFollowsFromTheEnvironmentAndTheGraph() throws Exception {
    Plan plan = plan("", "environment.threads=2");
    Point world = plan.points().get(0);
    Point start = plan.points().get(1);

    assertThat(world.resources()).isEqualTo(new Resources(0, 0, 1));
    assertThat(start.resources()).isEqualTo(new Resources(0, 0, 2));
    assertThat(start("", "environment.device=cuda").resources().gpus()).isEqualTo(1);
    assertThat(start.retries()).isEmpty();
    assertThat(start.timeout()).isEmpty();
    assertThat(world.keep()).isEqualTo(Keep.INTERMEDIATE);
    assertThat(start.keep()).isEqualTo(Keep.FINAL);
  }

  @Test
  void variablesAndTheCommandLineReachThem() throws Exception {
    Point start = start(ALL, "start.retries=0", "start.resources.gpus=1", "start.timeout=45s");

    assertThat(start.retries()).hasValue(0);
    assertThat(start.resources()).isEqualTo(new Resources(1, 1_610_612_736L, 3));
    assertThat(start.timeout()).contains(Duration.ofSeconds(45));
  }

  @Test
  void noneOfItIsInAKey() throws Exception {
    assertThat(keys(plan(ALL))).isEqualTo(keys(plan("")));
  }

  private static Map<String, StageKey> keys(Plan plan) throws Exception {
    Map<String, StageKey> keys = new LinkedHashMap<>();
    Map<Point, Digest> artifacts = new LinkedHashMap<>();
    for (Point point : plan.points()) {
      keys.put(point.name(), point.key(artifacts));
      artifacts.put(point, Digest.of(point.name()));
    }
    return keys;
  }

  @ParameterizedTest
  @CsvSource({
    "1s, 1000",
    "90m, 5400000",
    "1h30m, 5400000",
    "1h 30m, 5400000",
    "2d, 172800000",
    "1.5h, 5400000",
    "'0.5m 1s', 31000"
  })
  void durationsAddUpTheirUnits(String written, long milliseconds) throws Exception {
    assertThat(start(", timeout: " + written).timeout()).contains(Duration.ofMillis(milliseconds));
  }

  @ParameterizedTest
  @CsvSource({
    "1B, 1",
    "2KB, 2000",
    "2 KiB, 2048",
    "512MiB, 536870912",
    "4GiB, 4294967296",
    "0.5GB, 500000000",
    "1TiB, 1099511627776"
  })
  void sizesAreInDecimalOrBinaryUnits(String written, long bytes) throws Exception {
    assertThat(start(", resources: {memory: " + written + "}").resources().memoryBytes())
        .isEqualTo(bytes);
  }
}
