package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HistoryTest {
  private static final String RECIPE =
      """
      recipe: sums
      vars: {start: 1}
      stages:
        base: {uses: add, value: "${start}"}
        sum: {uses: add, value: {each: [1, 2]}, to: "${base}"}
        bad: {uses: fail}
      tables:
        sums:
          rows: [{label: "ours, {value}", where: {}}]
          columns: [{label: accuracy, from: sum, metric: number}]
      """;

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  @BeforeEach
  void newTrial() throws IOException {
    trial = new Trial(directory).recipe(RECIPE);
  }

  @Test
  void runsAreListedNewestFirstWithWhatBecameOfThem() {
    assertThat(trial.execute("runs").out()).isEqualTo("no runs below .amalgam/runs\n");
    trial.run();
    trial.run("sums", "bad", "--set", "start=4");

    Result result = trial.execute("runs");

    assertThat(result.code()).isZero();
    assertThat(result.out().lines().toList())
        .satisfiesExactly(
            line -> assertThat(line).matches("\\d{8}T\\d{6}Z-sums(-\\d)?  --set start=4 sums bad"),
            line -> assertThat(line).matches("  .* ended, exit 5, \\d\\.\\d s: 1 failed, 3 ran"),
            line -> assertThat(line).endsWith("report.html"),
            line -> assertThat(line).matches("\\d{8}T\\d{6}Z-sums *"),
            line -> assertThat(line).matches("  .* ended, exit 0, \\d\\.\\d s: 3 ran"),
            line -> assertThat(line).endsWith("report.html"));
    assertThat(trial.execute("runs", "--last", "1").out().lines()).hasSize(3);
    assertThat(trial.execute("runs", "--last", "0").code()).isEqualTo(2);
    assertThat(trial.execute("runs", "other").out()).contains("of the recipe other");
    Parsed newest = trial.execute("runs", "--output", "json").json().get("runs").get(0);
    assertThat(newest.keys())
        .containsExactlyInAnyOrder(
            "name",
            "state",
            "recipe",
            "recipeFile",
            "recipeDigest",
            "profile",
            "overrides",
            "targets",
            "started",
            "seconds",
            "exit",
            "points",
            "amalgam",
            "java",
            "host",
            "engine",
            "verdicts",
            "report");
  }

  @Test
  void aRunAtWorkIsListedAndFollowedAndAKilledOneIsCutOff() throws Exception {
    trial.run("sums");
    slow(100_000);
    Process child = trial.child("run", "recipe.yaml");
    while (!trial.execute("runs").out().contains("running: 1 ran of 3")) {
      Thread.sleep(20);
    }
    Result unfollowed = trial.execute("logs", "slow", "--run", newest());
    child.destroyForcibly().waitFor();

    assertThat(unfollowed.out()).contains("start slow (add) key ");
    assertThat(trial.execute("runs").out()).contains("cut off: 1 ran of 3").contains("exit 0");
    assertThat(trial.execute("diff", newest(), "latest").out()).contains("(cut off)");
    // latest is the newest run that ended
    assertThat(trial.execute("why", "sum").code()).isZero();
    assertThat(trial.execute("crate", newest(), "-o", "crate").err()).contains("is cut off");
  }

  @Test
  void logsFollowWhatAnotherProcessRunsAndEndWithIt() throws Exception {
    slow(25);
    Process child = trial.child("run", "recipe.yaml");
    while (!trial.execute("runs").out().contains("running")) {
      Thread.sleep(20);
    }

    Result followed = trial.execute("logs", "slow", "--follow");

    assertThat(child.waitFor()).isZero();
    assertThat(followed.code()).isZero();
    assertThat(followed.out())
        .containsSubsequence("start slow (add) key ", "adding 2.0", "published");
  }

  private void slow(int steps) throws IOException {
    trial.recipe(
        """
        recipe: slow
        stages:
          quick: {uses: add, value: 7}
          slow: {uses: add, value: 2, steps: STEPS, pause: 20, to: "${quick}"}
          after: {uses: add, value: 3, to: "${slow}"}
        """
            .replace("STEPS", "" + steps));
  }

  private String newest() {
    return trial
        .execute("runs", "--last", "1")
        .out()
        .lines()
        .findFirst()
        .orElseThrow()
        .split(" ", -1)[0];
  }

  @Test
  void logsShowAStageAPointOrAKey() {
    trial.run();

    assertThat(trial.execute("logs", "base").out())
        .contains("start base (add) key ", "adding 1.0", "published")
        .doesNotContain("==>");
    assertThat(trial.execute("logs", "sum").out())
        .contains("==> sum[value=1] <==", "==> sum[value=2] <==");
    String key = trial.store().entries().get(0).key().hex();
    assertThat(trial.execute("logs", key.substring(0, 12)).out()).contains("key " + key);
    assertThat(trial.execute("logs", "bass").code()).isEqualTo(2);
    assertThat(trial.execute("logs", "bass", "--run", "latest").err())
        .contains("did you mean base?");
  }

  @Test
  void diffNamesKeyPartsAndNumbersThatDiffer() {
    trial.run("sums");
    trial.run("sums", "bad", "--set", "start=4");

    Result result = trial.execute("diff", "latest~1", "latest");

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("overrides: nothing -> start=4", "targets: sums -> sums bad")
        .contains("points: 0 with equal keys, 4 different")
        .contains("  base  settings.value: 1.0 -> 4.0\n")
        .containsPattern("  sum\\[value=1]  inputs.to: [0-9a-f]{12} -> [0-9a-f]{12}  \\(and 1 more")
        .contains("  bad  in the new run only\n")
        .contains("cells: 0 equal, 2 different", "  ours, 1 / accuracy  2.00 -> 5.00  (+3.00)\n");
    assertThat(trial.execute("diff", "latest", "latest").out())
        .contains("points: 4 with equal keys, 0 different", "cells: 2 equal, 0 different");
    Parsed json = trial.execute("diff", "latest~1", "latest", "--output", "json").json();
    assertThat(json.keys())
        .containsExactlyInAnyOrder(
            "before", "after", "asked", "pointsWithEqualKeys", "points", "cells");
    assertThat(json.get("points").get(0).value())
        .isEqualTo(
            Map.of(
                "point",
                "base",
                "what",
                "key",
                "part",
                "settings.value",
                "before",
                1.0,
                "after",
                4.0));
    assertThat(json.get("cells").get(0).value())
        .isEqualTo(
            Map.of(
                "table",
                "sums",
                "row",
                "ours, 1",
                "column",
                "accuracy",
                "metric",
                "number",
                "before",
                2.0,
                "after",
                5.0,
                "difference",
                3.0));
  }

  @Test
  void aRunIsNamedByTheBeginningOfItsNameUnlessThatIsSeveral() throws IOException {
    trial.run("sums");
    trial.run("sums");

    assertThat(trial.execute("diff", newest(), "latest").code()).isZero();
    assertThat(trial.execute("diff", "2", "latest").code()).isEqualTo(2);
    assertThat(trial.execute("diff", "2", "latest").err()).contains("2 could be ");
    assertThat(trial.execute("diff", "x", "latest").err()).contains("there is no run x below");
  }

  @Test
  void theRecipeAndWhatItIncludesAreKeptAsTheyWere() throws IOException {
    Files.createDirectories(directory.resolve("parts"));
    Files.writeString(
        directory.resolve("parts/more.yaml"), "stages:\n  more: {uses: add, value: 1}\n");
    trial.recipe("recipe: kept\ninclude: [parts/more.yaml]\nstages:\n  one: {uses: add}\n").run();
    trial.recipe(RECIPE);

    assertThat(Files.readString(trial.latest("recipe/recipe.yaml"))).startsWith("recipe: kept");
    assertThat(Files.readString(trial.latest("recipe/parts/more.yaml"))).contains("more:");
    assertThat(Files.readString(trial.latest("report.html")))
        .containsSubsequence(
            "<summary>recipe.yaml</summary>",
            "recipe: kept",
            "<summary>parts/more.yaml</summary>",
            "more: {uses: add, value: 1}");
    try (Stream<Path> files = Files.list(trial.latest("."))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "metrics.prom",
              "recipe",
              "report.html",
              "run.json",
              "state.json",
              "tables.csv",
              "tables.md");
    }
  }
}
