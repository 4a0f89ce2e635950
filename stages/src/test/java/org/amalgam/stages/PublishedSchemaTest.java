package org.amalgam.stages;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.pipelines.plan.RecipeSchema;
import org.amalgam.pipelines.recipe.Value;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The schema that editors find beside the recipes. */
class PublishedSchemaTest {
  private static final Path RECIPES = Path.of("..", "recipes");
  private static final Path FILE = RECIPES.resolve("recipe.schema.json");

  @Test
  void itIsThatOfTheCatalogue() throws IOException {
    assertThat(Files.readString(FILE))
        .as("write it anew: ./amalgam stages --schema > recipes/recipe.schema.json")
        .isEqualTo(RecipeSchema.of(Stages.catalog()));
  }

  @TestFactory
  List<DynamicTest> everyRecipeIsValidAndNamesItForEditors() throws IOException {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(FILE), InputFormat.JSON);
    try (Stream<Path> files = Files.walk(RECIPES)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(file -> DynamicTest.dynamicTest(file.toString(), () -> check(file, schema)))
          .toList();
    }
  }

  private static void check(Path file, Schema schema) throws IOException {
    String text = Files.readString(file);
    Object plain = Value.ofYaml(file.toString(), text).plain();

    assertThat(plain).isNotNull();
    if (plain != null) {
      assertThat(schema.validate(CanonicalJson.write(plain), InputFormat.JSON)).isEmpty();
    }
    String named = text.lines().findFirst().orElse("").replaceFirst(".*\\$schema=", "");
    assertThat(file.resolveSibling(named).normalize()).isEqualTo(FILE.normalize());
  }
}
