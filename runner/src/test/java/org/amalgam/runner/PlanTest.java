package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanTest {
  private static final String GRID =
      """
      recipe: grid
      vars: {start: 1, last: 5}
      stages:
        base: {uses: add, value: "${start}"}
        sum: {uses: add, value: {each: [1, 2, 3]}, one: "${base}"}
        total: {uses: add, value: "${last}", one: "${sum}"}
      """;

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  @BeforeEach
  void newTrial() {
    trial = new Trial(directory);
  }

  @Test
  void aChangeShowsOnlyWhatItMakesRunAndWhatThatCosts() throws IOException {
    trial.recipe(GRID).run();

    Result result = trial.execute("plan", "recipe.yaml", "--set", "last=6", "--compare");

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .doesNotContain("base", "sum")
        .containsPattern(
            "total +to run +all 3 points +about .* and .* changed settings.value: 5.0 -> 6.0")
        .containsPattern("7 points: 4 cached, 3 to run, 0 blocked; about .* of disk\n")
        .contains("Without --set last=6:\n7 points: 7 cached, 0 to run, 0 blocked\n");
    assertThat(trial.execute("plan", "recipe.yaml", "--set", "last=6", "--all").out())
        .contains("sum[value=2]    cached");
    assertThat(trial.execute("plan", "recipe.yaml", "--compare").code()).isEqualTo(2);
  }

  @Test
  void diskIsWhatTheSameStageTookEarlier() throws IOException {
    trial.recipe(GRID).run();
    long earlier =
        trial.store().manifest(trial.store().entries().get(0).artifact()).orElseThrow().size();

    Parsed plan =
        trial.execute("plan", "recipe.yaml", "--set", "start=2", "--output", "json").json();

    // Seven artifacts of one stage type: a number and its metrics, of nearly one size.
    long bytes = (Long) plan.get("summary").get("bytes").value();
    assertThat(bytes).isBetween(7 * earlier - 70, 7 * earlier + 70);
  }

  @Test
  void aThousandPointsAreALineAStage() throws IOException {
    String values =
        IntStream.rangeClosed(1, 1000).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    trial.recipe(
        "recipe: wide\nstages:\n  base: {uses: add, value: -5}\n  wide: {uses: add, value: {each: ["
            + values
            + "]}}\n  next: {uses: add, one: '${wide}'}\n");
    trial.run("wide[value=7]", "base");

    Result grouped = trial.execute("plan", "recipe.yaml");

    assertThat(grouped.out().lines()).hasSizeLessThan(9);
    assertThat(grouped.out())
        .containsPattern(
            "wide +to run +999 of 1000 points .*changed settings.value: 7.0 -> .*, \\.\\.\\.")
        .containsPattern("next +to run +999 of 1000 points +input to be made: wide")
        .contains("2001 points: 2 cached, 1999 to run, 0 blocked");
    assertThat(trial.execute("plan", "recipe.yaml", "--all").out().lines()).hasSize(2003);
  }

  @Test
  void equalPointsThatAreToRunCostOnce() throws IOException {
    trial.recipe(
        "recipe: twins\nstages:\n  one: {uses: add, value: 4}\n  same: {uses: add, value: 4}\n");

    assertThat(trial.execute("plan", "recipe.yaml").out())
        .containsPattern("same +to run +the same as one: made once");
  }

  @Test
  void theJsonHasTheseFields() throws IOException {
    trial.recipe(GRID).run("base");

    Result result =
        trial.execute("plan", "recipe.yaml", "--set", "start=2", "--compare", "--output", "json");

    Parsed plan = result.json();
    assertThat(plan.keys())
        .containsExactlyInAnyOrder("recipe", "profile", "summary", "without", "points");
    assertThat(plan.get("summary").keys())
        .containsExactlyInAnyOrder(
            "points",
            "cached",
            "toRun",
            "blocked",
            "slots",
            "seconds",
            "bytes",
            "withoutPrediction");
    assertThat(plan.get("without").keys()).isEqualTo(plan.get("summary").keys());
    Parsed first = plan.get("points").get(0);
    assertThat(first.keys())
        .containsExactlyInAnyOrder(
            "point", "stage", "uses", "verdict", "reason", "change", "seconds", "bytes");
    assertThat(first.get("change").value())
        .isEqualTo(Map.of("part", "settings.value", "before", 1.0, "now", 2.0));
  }
}
