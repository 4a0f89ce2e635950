package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.amalgam.pipelines.plan.Plan.PlannedRow;
import org.amalgam.pipelines.plan.Plan.PlannedTable;
import org.junit.jupiter.api.Test;

/** A whole recipe, as users write it. */
class FinalRecipeTest {
  private static List<String> names(Plan plan, String stage) {
    return plan.points().stream().filter(p -> p.stage().equals(stage)).map(Point::name).toList();
  }

  @Test
  void candidatesAreRaggedPointsOfWhatIsTunedFromThem() throws Exception {
    Plan plan = RecipeFile.finalRecipe().planOf("vqa");

    assertThat(names(plan, "ours")).containsExactly("ours[alpha=0.5]", "ours[alpha=0.75]");
    assertThat(names(plan, "vqa"))
        .containsExactly(
            "vqa[method=modality-agnostic]",
            "vqa[method=modality-specific]",
            "vqa[method=merging-baseline]",
            "vqa[alpha=0.5,method=ours]",
            "vqa[alpha=0.75,method=ours]");
    assertThat(plan.warnings()).isEmpty();
  }

  @Test
  void withoutTargetsOnlyWhatTheTablesShowIsPlanned() throws Exception {
    assertThat(names(RecipeFile.finalRecipe().plan(), "vqa"))
        .containsExactly(
            "vqa[method=modality-agnostic]",
            "vqa[alpha=0.5,method=ours]",
            "vqa[alpha=0.75,method=ours]");
  }

  @Test
  void tablesHaveOneRowForEachValueThatTheLabelNames() throws Exception {
    PlannedTable table = RecipeFile.finalRecipe().plan().tables().get(0);

    assertThat(table.rows())
        .extracting(PlannedRow::label)
        .containsExactly("modality-agnostic", "ours, alpha 0.5", "ours, alpha 0.75");
    assertThat(table.rows().get(1).cells().get(0).points())
        .extracting(Point::name)
        .containsExactly("vqa[alpha=0.5,method=ours]");
    assertThat(table.rows().get(1).cells().get(0).printed()).isEqualTo(73.59);
    assertThat(table.rows().get(2).cells().get(0).printed()).isNull();
  }

  @Test
  void oneValueIsOnePointWithItsDimension() throws Exception {
    Plan plan = RecipeFile.finalRecipe().plan("alpha=0.5");

    assertThat(names(plan, "ours")).containsExactly("ours[alpha=0.5]");
    assertThat(plan.tables().get(0).rows()).hasSize(2);
  }

  @Test
  void profilesChangeVariables() throws Exception {
    Plan plan =
        Plan.of(
            RecipeFile.finalRecipe().read("smoke", new String[0]),
            SmallStages.catalog(),
            List.of());

    assertThat(plan.points().get(0).settings()).containsEntry("nouns", 6L);
    assertThat(plan.recipe().profile()).isEqualTo("smoke");
  }

  @Test
  void inputsComeFirst() throws Exception {
    List<Point> points = RecipeFile.finalRecipe().plan().points();

    for (int i = 0; i < points.size(); i++) {
      for (List<Point> inputs : points.get(i).inputs().values()) {
        assertThat(points.subList(0, i)).containsAll(inputs);
      }
    }
  }

  @Test
  void aTableAsTargetNeedsOnlyItsCells() throws Exception {
    Plan plan = RecipeFile.finalRecipe().planOf("final-recipe");

    assertThat(names(plan, "vqa")).hasSize(3).doesNotContain("vqa[method=merging-baseline]");
    assertThat(names(plan, "baseline")).isEmpty();
  }
}
