package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class InterruptionTest {
  private static final String SLOW =
      """
      recipe: slow
      stages:
        quick: {uses: add, value: 1, trace: TRACE}
        slow: {uses: add, value: 2, steps: STEPS, pause: 20, to: ["${quick}"], trace: TRACE}
        after: {uses: add, value: 3, to: ["${slow}"], trace: TRACE}
      """;

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);
  private Path trace = directory;

  @BeforeEach
  void newTrial() {
    trial = new Trial(directory);
    trace = directory.resolve("trace");
  }

  private void recipe(int steps) throws IOException {
    trial.recipe(SLOW.replace("TRACE", trace.toString()).replace("STEPS", "" + steps));
  }

  private void awaitTraces(int lines) throws IOException, InterruptedException {
    while (!Files.exists(trace) || Files.readAllLines(trace).size() < lines) {
      Thread.sleep(10);
    }
  }

  @Test
  void afterKillNineTheNextRunGoesOn() throws Exception {
    recipe(100_000);
    Process child = trial.child("run", "recipe.yaml");
    awaitTraces(2);
    child.destroyForcibly().waitFor();
    recipe(1);

    Trial.Result result = trial.run();

    assertThat(result.code()).isZero();
    assertThat(result.verdicts())
        .containsEntry("quick", "cached")
        .containsEntry("slow", "ran")
        .containsEntry("after", "ran");
    assertThat(trial.store().verify()).isEmpty();
  }

  @Test
  void sigtermCancelsAtTheNextStepAndPublishesNothingHalfDone() throws Exception {
    recipe(100_000);
    Process child = trial.child("run", "recipe.yaml");
    awaitTraces(2);
    child.destroy();

    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(130);
    assertThat(trial.printed())
        .contains("Running the same command again goes on from here")
        .contains("cancelled slow");
    assertThat(trial.store().entries()).hasSize(1);
    recipe(1);
    assertThat(trial.run().verdicts())
        .containsEntry("quick", "cached")
        .containsEntry("slow", "ran");
  }

  @Test
  void aSecondSignalHalts() throws Exception {
    trial.recipe(
        "recipe: deaf\nstages:\n  one: {uses: add, value: 1, pause: 50000, trace: "
            + trace
            + "}\n");
    Process child = trial.child("run", "recipe.yaml");
    awaitTraces(1);
    child.destroy();
    while (!trial.printed().contains("cancelling")) {
      Thread.sleep(10);
    }
    child.destroy();

    assertThat(child.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(130);
  }

  @Test
  void whoWaitsForAnotherRunnerSaysForWhom() throws Exception {
    recipe(100_000);
    Process first = trial.child("run", "recipe.yaml", "slow");
    awaitTraces(2);

    Process second = trial.child("run", "recipe.yaml", "slow");
    while (!trial.printed().contains("slow  waits for process " + first.pid() + " on ")) {
      Thread.sleep(10);
    }
    second.destroy();

    assertThat(second.waitFor()).isEqualTo(130);
    assertThat(first.isAlive()).isTrue();
    first.destroy();
    assertThat(first.waitFor()).isEqualTo(130);
  }

  @Test
  void twoRunsOnOneStoreExecuteEachKeyOnce() throws Exception {
    StringBuilder recipe = new StringBuilder("recipe: race\nstages:\n");
    for (int i = 0; i < 12; i++) {
      recipe.append(
          "  s%d: {uses: add, value: %d, steps: 3, pause: 20, trace: %s}%n".formatted(i, i, trace));
    }
    trial.recipe(recipe.toString());

    Process one = trial.child("run", "recipe.yaml", "--slots", "2");
    Process two = trial.child("run", "recipe.yaml", "--slots", "2");

    assertThat(one.waitFor()).isZero();
    assertThat(two.waitFor()).isZero();
    assertThat(Files.readAllLines(trace)).hasSize(12).doesNotHaveDuplicates();
  }
}
