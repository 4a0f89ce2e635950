package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.amalgam.pipelines.recipe.Problem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code run RECIPE TARGET} plans. */
class TargetsTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private RecipeFile recipe;

  @BeforeEach
  void writeRecipe() {
    recipe =
        RecipeFile.ofStages(
            directory,
            """
            w: {uses: corpus, nouns: 6, scenes: 1}
            i: {uses: init, corpus: ${w}}
            m: {uses: merge, model: ${i}, method: interpolation, alpha: {each: [0.25, 0.5]}}
            e: {uses: evaluate, model: ${m}, corpus: ${w}, task: {each: [vqa, retrieval]}}
            broken: {uses: merge, model: ${i}, method: interpolation, alpha: 2}
            behind: {uses: evaluate, model: ${broken}, corpus: ${w}, task: vqa}
            """);
  }

  private List<String> planned(String target) throws Exception {
    return recipe.planOf(target).points().stream().map(Point::name).toList();
  }

  @Test
  void aStageComesWithAllThatItReads() throws Exception {
    List<String> all = List.of("w", "i", "m[alpha=0.25]", "m[alpha=0.5]");

    assertThat(planned("m")).isEqualTo(all);
    assertThat(planned("m[*]")).isEqualTo(all);
    assertThat(planned("+m")).isEqualTo(all);
  }

  @Test
  void conditionsPickPointsHoweverTheNumberIsWritten() throws Exception {
    assertThat(planned("m[alpha=0.50]")).containsExactly("w", "i", "m[alpha=0.5]");
    assertThat(planned("e[alpha=0.5,task=vqa]")).contains("m[alpha=0.5]").hasSize(4);
    assertThat(planned("e[task=*,alpha=0.5]")).hasSize(5);
  }

  @Test
  void downstreamIsAddedPointByPoint() throws Exception {
    assertThat(planned("m[alpha=0.5]+"))
        .containsExactly(
            "w", "i", "m[alpha=0.5]", "e[alpha=0.5,task=vqa]", "e[alpha=0.5,task=retrieval]");
  }

  @Test
  void onlyMistakesInWhatIsAskedForStopIt() throws Exception {
    assertThat(recipe.planOf("e").warnings())
        .extracting(Problem::message)
        .containsExactly("alpha must be in [0, 1], is 2");
    assertThatThrownBy(() -> recipe.planOf("behind")).hasMessageContaining("is 2");
    assertThatThrownBy(() -> recipe.plan()).hasMessageContaining("is 2");
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> recipe.planOf("brokn"))
        .hasMessageContaining("there is no stage, table or claim brokn")
        .hasMessageContaining("did you mean broken?");
    assertThatThrownBy(() -> recipe.planOf("m[alpha=0.75]"))
        .hasMessageContaining("has no point m[alpha=0.75]")
        .hasMessageContaining("0.25");
    assertThatThrownBy(() -> recipe.planOf("m[alpa=0.5]")).hasMessageContaining("mean alpha?");
    assertThatThrownBy(() -> recipe.planOf("m[alpha")).hasMessageContaining("is not a target");
  }
}
