package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.RecipeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Variables, their types, and which of several values counts. */
class VariablesTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private Map<String, Object> settings(String text, String... overrides) throws Exception {
    return RecipeFile.of(directory, text).plan(overrides).points().get(0).settings();
  }

  private Object nouns(String text, String... overrides) throws Exception {
    return settings(text, overrides).getOrDefault("nouns", "none");
  }

  @Test
  void aWholeValueKeepsItsType() throws Exception {
    Map<String, Object> settings =
        settings(
            """
            recipe: r
            vars: {n: 6, share: {train: 0.5, test: 2e-4}, name: "7"}
            stages:
              w: {uses: corpus, nouns: ${n}, scenes: "${n}", splits: ${share}, files: ${name}}
            """);

    assertThat(settings)
        .containsEntry("nouns", 6L)
        .containsEntry("scenes", 6L)
        .containsEntry("splits", Map.of("train", 0.5, "test", 0.0002))
        .containsEntry("files", "7");
  }

  @Test
  void insideALongerTextItBecomesText() throws Exception {
    assertThat(
            settings(
                """
                recipe: r
                vars: {n: 6, x: 0.50, t: true}
                stages:
                  w: {uses: corpus, nouns: 1, scenes: 1, files: "a/${n}-${x}-${t}/$${n}"}
                """))
        .containsEntry("files", "a/6-0.5-true/${n}");
  }

  @Test
  void variablesMayReferToOneAnotherAndToTheirSiblings() throws Exception {
    assertThat(
            nouns(
                """
                recipe: r
                vars: {world: {nouns: 6, scenes: ${world.nouns}}, also: ${world}}
                stages:
                  w: {uses: corpus, nouns: "${also.scenes}", scenes: 1}
                """))
        .isEqualTo(6L);
  }

  @Test
  void onlyTrueAndFalseAreBooleansAndNoIsText() throws Exception {
    assertThat(
            settings(
                """
                recipe: r
                stages:
                  w: {uses: corpus, nouns: 1, scenes: 1, files: no}
                """))
        .containsEntry("files", "no");
  }

  @Test
  void theLaterOfRecipeIncludedProfileProfileAndCommandLineCounts() throws Exception {
    Files.writeString(
        directory.resolve("part.yaml"),
        """
        vars: {n: 1, m: 1}
        profiles: {small: {n: 3, m: 3}}
        stages:
          w: {uses: corpus, nouns: "${n}", scenes: "${m}"}
        """);
    String recipe = "recipe: r\ninclude: [part.yaml]\nvars: {n: 2}\n";
    String profile = "profiles: {small: {n: 4}, smaller: {extends: small}}\n";

    assertThat(nouns(recipe)).isEqualTo(2L);
    assertThat(nouns(recipe + "profile: small\n")).isEqualTo(3L);
    assertThat(nouns(recipe + profile + "profile: small\n")).isEqualTo(4L);
    assertThat(nouns(recipe + profile + "profile: smaller\n")).isEqualTo(4L);
    assertThat(nouns(recipe + profile + "profile: small\n", "n=5")).isEqualTo(5L);
    assertThat(settings(recipe + profile + "profile: small\n", "n=5")).containsEntry("scenes", 3L);
  }

  @Test
  void profilesMayBeNestedOrDottedAndLeaveTheRestAlone() throws Exception {
    String recipe =
        """
        recipe: r
        profile: small
        vars: {world: {nouns: 6, scenes: 9}}
        stages:
          w: {uses: corpus, nouns: "${world.nouns}", scenes: "${world.scenes}"}
        profiles:
        """;

    for (String profile : List.of("small: {world.nouns: 2}", "small: {world: {nouns: 2}}")) {
      assertThat(settings(recipe + "  " + profile))
          .containsEntry("nouns", 2L)
          .containsEntry("scenes", 9L);
    }
  }

  @Test
  void aSettingOfAStageCanBeSet() throws Exception {
    String recipe = "recipe: r\nstages:\n  w: {uses: corpus, nouns: 1, scenes: 1}\n";

    assertThat(nouns(recipe, "w.nouns=3", "w.nouns=4")).isEqualTo(4L);
    assertThat(settings(recipe, "w.image-size=48")).containsEntry("image-size", 48L);
    assertThat(RecipeFile.of(directory, recipe).plan("w.nouns={each: [1, 2]}").points()).hasSize(2);
    assertThat(RecipeFile.of(directory, recipe).read("seed=7", "environment.threads=2"))
        .satisfies(read -> assertThat(read.seed()).isEqualTo(7))
        .satisfies(read -> assertThat(read.environment().threads()).isEqualTo(2));
  }

  @Test
  void anOverrideThatMatchesNothingIsShownAsTyped() {
    RecipeFile file =
        RecipeFile.of(directory, "recipe: r\nstages:\n  w: {uses: corpus, nouns: 1, scenes: 1}\n");

    assertThat(mistake(() -> file.read("nuons=3")))
        .isEqualTo(
            """
            --set:1:1: nuons is neither a variable nor a setting of a stage
                nuons=3
                ^
                did you mean w.nouns?\
            """);
    assertThat(mistake(() -> file.plan("w.nouns=six")))
        .contains("--set:1:9: nouns: expected a whole");
    assertThat(mistake(() -> file.plan("w.nuons=6"))).contains("--set:1:1: unknown setting nuons");
    assertThat(mistake(() -> file.read("w.nouns"))).contains("expected path=value");
  }

  @Test
  void mistakesInValuesThatCameFromElsewhereAreShownThere() {
    RecipeFile file =
        RecipeFile.of(
            directory,
            "recipe: r\nvars: {n: 1}\nstages:\n  w: {uses: corpus, nouns: \"${n}\", scenes: 1}\n");

    assertThat(mistake(() -> file.plan("n=0"))).startsWith("--set:1:3: nouns must be in [1, 200]");
  }

  @Test
  void byteOrderMarksAreReadAndOtherEncodingsRefused() throws Exception {
    String recipe = "recipe: r\ntitle: Gr\u00fc\u00dfe\n";
    Path file = directory.resolve("encoded.yaml");

    Files.writeString(file, "\uFEFF" + recipe);
    assertThat(Recipe.read(file, null, List.of()).title()).isEqualTo("Gr\u00fc\u00dfe");
    Files.writeString(file, recipe, StandardCharsets.ISO_8859_1);
    assertThat(mistake(() -> Recipe.read(file, null, List.of()))).contains("not UTF-8");
  }

  @Test
  void equalMeaningHasEqualDigests() throws Exception {
    String one =
        "recipe: r\nvars: {n: 6}\nstages:\n  w: {uses: corpus, nouns: \"${n}\", scenes: 1}\n";
    String other = "# same\nrecipe: r\nstages:\n  w: {scenes: 1, nouns: 6, uses: corpus}\n";

    assertThat(RecipeFile.of(directory, one).read().digest())
        .isEqualTo(RecipeFile.of(directory, other).read().digest())
        .isNotEqualTo(RecipeFile.of(directory, other).read("w.nouns=7").digest());
  }

  private interface Attempt {
    void run() throws Exception;
  }

  private static String mistake(Attempt attempt) {
    try {
      attempt.run();
      return "no mistake was found";
    } catch (RecipeException e) {
      return String.valueOf(e.getMessage());
    } catch (Exception e) {
      return e.toString();
    }
  }
}
