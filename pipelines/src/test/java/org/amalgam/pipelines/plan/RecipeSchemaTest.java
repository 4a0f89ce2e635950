package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.nio.file.Files;
import java.util.List;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.pipelines.recipe.Value;
import org.junit.jupiter.api.Test;

/** What an editor that knows the schema says of recipes. */
class RecipeSchemaTest {
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(RecipeSchema.of(SmallStages.catalog()), InputFormat.JSON);

  private static List<Error> errors(String recipe) {
    Object plain = Value.ofYaml("recipe.yaml", recipe).plain();
    return plain == null
        ? List.of()
        : SCHEMA.validate(CanonicalJson.write(plain), InputFormat.JSON);
  }

  private static List<Error> ofStage(String stage) {
    return errors("recipe: r\nstages:\n  s: {" + stage + "}\n");
  }

  @Test
  void aRecipeWithEveryFeatureIsValid() throws Exception {
    assertThat(errors(Files.readString(RecipeFile.finalRecipe().path()))).isEmpty();
  }

  @Test
  void whatAPlanRefusesInOneSettingTheSchemaRefusesToo() {
    String sound = "uses: corpus, nouns: 6, scenes: 1";

    assertThat(ofStage(sound)).isEmpty();
    assertThat(ofStage(sound + ", image_size: 24")).isNotEmpty();
    assertThat(ofStage("uses: corpus, nouns: 6")).isNotEmpty();
    assertThat(ofStage("uses: corups, nouns: 6, scenes: 1")).isNotEmpty();
    assertThat(ofStage("uses: corpus, nouns: 0, scenes: 1")).isNotEmpty();
    assertThat(ofStage("uses: corpus, nouns: 6.5, scenes: 1")).isNotEmpty();
    assertThat(ofStage(sound + ", source: sprites")).isNotEmpty();
    assertThat(ofStage("uses: init, corpus: world")).isNotEmpty();
    assertThat(ofStage("uses: merge, model: '${m}', method: interpolatoin")).isNotEmpty();
    assertThat(errors("recipe: r\nstagse: {}")).isNotEmpty();
    assertThat(errors("recipe: 1")).isNotEmpty();
  }

  @Test
  void whatAStageAsksOfTheRunnerIsCheckedToo() {
    String sound = "uses: corpus, nouns: 6, scenes: 1, ";

    assertThat(
            ofStage(
                sound
                    + "resources: {gpus: 1, memory: 1.5GiB, threads: 2}, retries: 3,"
                    + " timeout: 1h 30m, keep: scratch"))
        .isEmpty();
    assertThat(ofStage(sound + "retries: '${often}', timeout: '${long}'")).isEmpty();
    assertThat(ofStage(sound + "resources: {gpu: 1}")).isNotEmpty();
    assertThat(ofStage(sound + "resources: {memory: 4}")).isNotEmpty();
    assertThat(ofStage(sound + "retries: -1")).isNotEmpty();
    assertThat(ofStage(sound + "timeout: 90")).isNotEmpty();
    assertThat(ofStage(sound + "keep: forever")).isNotEmpty();
  }

  @Test
  void choicesAndReferencesMayStandForAnySetting() {
    assertThat(ofStage("uses: corpus, nouns: {each: [1, 2], as: n}, scenes: '${scenes}'"))
        .isEmpty();
    assertThat(ofStage("uses: corpus, nouns: {each: [1], name: n}, scenes: 1")).isNotEmpty();
  }

  @Test
  void claimsAreCheckedDownToTheirCells() {
    String claim = "recipe: r\nclaims:\n  c: {says: s, holds-if: [%s]}\n";

    assertThat(errors(claim.formatted("{above: [a / b, {mean: [a / c, {row: a, column: d}]}]}")))
        .isEmpty();
    assertThat(errors(claim.formatted("{level: [a / b, a / c], within: 1}"))).isEmpty();
    assertThat(errors(claim.formatted("{level: [a / b, a / c]}"))).isNotEmpty();
    assertThat(errors(claim.formatted("{above: [a / b]}"))).isNotEmpty();
    assertThat(errors(claim.formatted("{above: [a / b, {meen: [a / c]}]}"))).isNotEmpty();
  }
}
