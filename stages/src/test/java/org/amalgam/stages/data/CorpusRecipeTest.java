package org.amalgam.stages.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.pipelines.stage.StageCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How recipes name the settings. */
class CorpusRecipeTest {
  @TempDir private Path directory = Path.of("");

  private Point plan(String stage) throws Exception {
    Path file = directory.resolve("recipe.yaml");
    Files.writeString(file, "recipe: data\nstages:\n  corpus: {uses: corpus" + stage + "}\n");
    Recipe recipe = Recipe.read(file, null, List.of());
    StageCatalog catalog = new StageCatalog(List.of(new CorpusStage()));
    return Plan.of(recipe, catalog, List.of()).points().get(0);
  }

  @Test
  void theBuiltInWorldNeedsNoSettings() throws Exception {
    Point point = plan("");

    assertThat(point.missingExternals()).isEmpty();
    assertThat(point.settings().toString()).contains("sprite-world", "captions-per-scene");
  }

  @Test
  void theDefaultsAreThoseThatTheTestsUse() throws Exception {
    SpriteWorld world = GeneratedCorpus.DEFAULT;
    Point stated =
        plan(
            ", world-seed: 1, nouns: "
                + world.nouns()
                + ", scenes: "
                + world.scenes()
                + ", captions-per-scene: "
                + world.captionsPerScene()
                + ", regions: "
                + world.regions()
                + ", phrases-per-region: "
                + world.phrasesPerRegion()
                + ", stock: "
                + world.stock()
                + ", alttext: "
                + world.alttext()
                + ", validation-scenes: "
                + world.validationScenes()
                + ", test-scenes: "
                + world.testScenes()
                + ", questions: "
                + world.questions()
                + ", validation-questions: "
                + world.validationQuestions()
                + ", test-questions: "
                + world.testQuestions()
                + ", sprites: "
                + world.sprites()
                + ", held-out-sprites: "
                + world.heldOutSprites());

    assertThat(plan("").settings()).isEqualTo(stated.settings());
  }

  @Test
  void filesOfTheUsersThatAreMissingAreKnownFromThePlan() throws Exception {
    Point point = plan(", source: coco, roots: [/no/coco], vqa-root: /no/vqa, image-size: 224");

    assertThat(point.missingExternals())
        .hasSize(5)
        .contains(Path.of("/no/coco"), Path.of("/no/vqa/v2_mscoco_train2014_annotations.json"));
  }

  @Test
  void aValueOutOfRangeIsALocatedProblem() {
    assertThatThrownBy(() -> plan(", nouns: 49"))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining("nouns")
        .hasMessageContaining("48");
    assertThatThrownBy(() -> plan(", source: coco, roots: []"))
        .isInstanceOf(RecipeException.class)
        .hasMessageContaining("roots is empty");
  }
}
