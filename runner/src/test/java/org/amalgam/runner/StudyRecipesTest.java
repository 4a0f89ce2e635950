package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.stages.Stages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The recipes of the paper's tables and figures, with the real stages. */
@Timeout(300)
class StudyRecipesTest {
  private static final Path RECIPES = Path.of("..", "recipes").toAbsolutePath().normalize();

  @TempDir Path directory = Path.of("");

  private Trial.Result execute(String command, String recipe, String profile) {
    Trial trial = new Trial(directory);
    trial.catalog = Stages.catalog();
    String file = RECIPES.resolve(recipe + ".yaml").toString();
    return trial.execute(command, file, "--profile", profile, "--output", "json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"smoke", "mini", "base"})
  void everyRecipePlansInEveryProfile(String profile) throws IOException {
    try (var files = Files.list(RECIPES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        String name = file.getFileName().toString().replace(".yaml", "");
        Parsed plan = execute("plan", name, profile).json();

        assertThat(plan.get("recipe").text()).isEqualTo(name);
        assertThat(plan.get("points").get(0).keys()).contains("verdict");
      }
    }
  }

  @Test
  void table2BeginsFromTheFinalRecipesModelsAndRunsOnce() {
    assertThat(execute("run", "final-recipe", "smoke").code()).isZero();
    Map<String, String> first = execute("run", "table2", "smoke").verdicts();
    Map<String, String> second = execute("run", "table2", "smoke").verdicts();

    assertThat(first).containsEntry("seed-model", "cached").containsEntry("vl-model", "cached");
    assertThat(first)
        .containsEntry("ours[alpha=0.5]", "cached")
        .containsEntry("ours[alpha=1]", "ran");
    assertThat(second.values()).containsOnly("cached");
  }

  @Test
  void table7CountsExactlyAndRoundsToWhatIsPrinted() {
    String json = execute("run", "table7", "smoke").out();

    assertThat(means(json, "trainable"))
        .containsExactly(215.495865, 149.360313, 182.411961, 116.319417, 116.276409);
    assertThat(means(json, "with index tables"))
        .extracting(Math::round)
        .containsExactly(217L, 151L, 184L, 118L, 118L);
  }

  /** The cells of a column of a run's first table, from the top. */
  private static List<Double> means(String json, String column) {
    Map<?, ?> table = (Map<?, ?>) ((List<?>) read(json, "tables")).get(0);
    return ((List<?>) read(table, "cells"))
        .stream()
            .map(cell -> (Map<?, ?>) cell)
            .filter(cell -> column.equals(cell.get("column")))
            .map(cell -> (Double) cell.get("mean"))
            .toList();
  }

  private static Object read(String json, String name) {
    return read((Map<?, ?>) CanonicalJson.parse(json), name);
  }

  private static Object read(Map<?, ?> json, String name) {
    return Objects.requireNonNull(json.get(name), name);
  }

  @Test
  void aClaimHoldsInPrintAndIsUndecidedAtOneSeed() {
    Trial.Result run = execute("run", "footnote4", "smoke");

    Object claims = ((Map<?, ?>) CanonicalJson.parse(run.out())).get("claims");
    assertThat(claims)
        .asList()
        .first()
        .extracting("holdsInPrint", "verdict")
        .isEqualTo(List.of(true, "undecided"));
  }
}
