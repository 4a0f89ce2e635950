package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.RecipeException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What users read when a recipe is wrong: for each {@code wrong/NAME.yaml} the messages in {@code
 * wrong/NAME.txt}, all of them at once.
 */
class WrongRecipesTest {
  private static final Path FOLDER = Path.of("src/test/resources/wrong");

  @TestFactory
  List<DynamicTest> everyMistakeIsLocatedAndSaysHowToMendIt() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)))
          .toList();
    }
  }

  private static void check(Path file) throws IOException {
    Path expected = Path.of(file.toString().replace(".yaml", ".txt"));

    assertThat(messages(file)).isEqualTo(Files.readString(expected).strip());
  }

  private static String messages(Path file) {
    try {
      Recipe recipe = Recipe.readForPlan(file, null, List.of());
      Plan.of(recipe, SmallStages.catalog(), List.of());
      return "no mistake was found";
    } catch (RecipeException e) {
      return String.valueOf(e.getMessage()).replace(FOLDER + "/", "").strip();
    }
  }
}
