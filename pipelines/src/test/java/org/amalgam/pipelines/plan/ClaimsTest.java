package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.amalgam.pipelines.recipe.Claim;
import org.amalgam.pipelines.recipe.Quantity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimsTest {
  private static final String RECIPE =
      """
      recipe: claims
      vars: {margin: 0.5}
      stages:
        w: {uses: corpus, nouns: 6, scenes: 1}
        i: {uses: init, corpus: '${w}', width: {each: [1, 2]}}
        e: {uses: evaluate, model: '${i}', corpus: '${w}', task: vqa}
        alone: {uses: evaluate, model: '${i[width=2]}', corpus: '${w}', task: vqa}
      tables:
        widths:
          rows: [{label: "width {width}"}]
          columns: [{label: VQA, from: e, metric: accuracy}]
        single:
          rows: [{label: all}]
          columns: [{label: VQA, from: alone, metric: accuracy}]
      claims:
        wider:
          says: A wider model is better
          section: section 1
          table: widths
          holds-if:
            - {above: [width 2 / VQA, {mean: [width 1 / VQA, width 2 / VQA]}], by: '${margin}'}
            - {level: [width 2 / VQA, {table: single, row: all, column: VQA}], within: 1}
      """;

  @TempDir Path directory = Path.of("");

  @Test
  void aClaimIsReadAsPredicatesOverCells() throws Exception {
    Plan plan = RecipeFile.of(directory, RECIPE).plan();

    Quantity one = new Quantity.Cell("widths", "width 1", "VQA");
    Quantity two = new Quantity.Cell("widths", "width 2", "VQA");
    assertThat(plan.claims()).hasSize(1);
    assertThat(plan.claims().get(0).says()).isEqualTo("A wider model is better");
    assertThat(plan.claims().get(0).holdsIf())
        .containsExactly(
            new Claim.Above(
                java.util.List.of(
                    two,
                    new Quantity.Combined(Quantity.Combination.MEAN, java.util.List.of(one, two))),
                0.5),
            new Claim.Level(java.util.List.of(two, new Quantity.Cell("single", "all", "VQA")), 1));
  }

  @Test
  void aTargetMayBeAClaimAndNeedsItsCellsOnly() throws Exception {
    String narrow = RECIPE.replace("- {level", "#- {level").replace("width 1 / VQA, ", "");

    assertThat(RecipeFile.of(directory, narrow).planOf("wider").points())
        .extracting(Point::name)
        .containsExactly("w", "i[width=2]", "e[width=2]");
    assertThat(RecipeFile.of(directory, RECIPE).planOf("wider").points()).hasSize(6);
  }

  @Test
  void aRowThatAnOverrideTookAwayIsNoMistakeOfTheClaim() throws Exception {
    String grid =
        RECIPE
            .replace("vars: {margin: 0.5}", "vars: {margin: 0.5, widths: [1, 2]}")
            .replace("each: [1, 2]", "each: '${widths}'");

    Plan plan = RecipeFile.of(directory, grid).plan("widths=[2, 3]");

    assertThat(plan.claims()).extracting(Claim::name).containsExactly("wider");
    assertThat(plan.points()).extracting(Point::name).contains("e[width=3]");
  }

  @Test
  void theMeaningOfARecipeHasItsClaimsInIt() throws Exception {
    String other = RECIPE.replace("within: 1", "within: 2");

    assertThat(RecipeFile.of(directory, RECIPE).read().digest())
        .isNotEqualTo(RecipeFile.of(directory, other).read().digest());
  }
}
