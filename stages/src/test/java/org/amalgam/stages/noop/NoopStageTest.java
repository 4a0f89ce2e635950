package org.amalgam.stages.noop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.stages.Stages;
import org.amalgam.stages.TrialContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoopStageTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void itWritesItsTextAndTheDigestsOfItsInputs() throws Exception {
    Input a = new Input("weights", Digest.of("a"), directory);
    Input b = new Input("note", Digest.of("b"), directory);

    new NoopStage().run(new NoopSettings("hello", List.of(a, b)), new TrialContext(directory));

    assertThat(directory.resolve("note.txt"))
        .hasContent("hello\n" + Digest.of("a") + "\n" + Digest.of("b"));
    assertThat(directory.toFile().list()).containsExactly("note.txt");
  }

  @Test
  void recipesMayUseItAloneOrAfterAnything() throws Exception {
    Path recipe =
        Files.writeString(
            directory.resolve("r.yaml"),
            """
            recipe: r
            stages:
              world: {uses: corpus, source: sprite-world}
              a: {uses: noop}
              b: {uses: noop, text: anything, inputs: [${a}, ${world}]}
              c: {uses: noop, inputs: "${b}"}
            """);
    Plan plan = Plan.of(Recipe.read(recipe, null, List.of()), Stages.catalog(), List.of("c"));

    assertThat(plan.points()).extracting(Point::name).containsExactly("world", "a", "b", "c");
    assertThat(plan.points().get(2).inputs().get("inputs")).hasSize(2);
  }
}
