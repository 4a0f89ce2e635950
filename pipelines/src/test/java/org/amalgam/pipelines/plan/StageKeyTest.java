package org.amalgam.pipelines.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What changes a key, and what must not. */
class StageKeyTest {
  private static final StageKey NONE = new StageKey(Digest.of("none"), Map.of());

  private static final String STAGES =
      """
      world: {uses: corpus, nouns: 6, scenes: 10}
      start: {uses: init, corpus: ${world}}
      merged: {uses: merge, model: ${start}, method: interpolation, alpha: 0.5}
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private StageKey key(String name, String stages, String... overrides) throws Exception {
    return keys(RecipeFile.ofStages(directory, stages).plan(overrides)).getOrDefault(name, NONE);
  }

  /** Keys where every artifact is the digest of its key: as if each stage made something else. */
  private static Map<String, StageKey> keys(Plan plan) throws Exception {
    Map<Point, Digest> artifacts = new LinkedHashMap<>();
    Map<String, StageKey> keys = new LinkedHashMap<>();
    for (Point point : plan.points()) {
      StageKey key = point.key(artifacts);
      keys.put(point.name(), key);
      artifacts.put(point, key.digest());
    }
    return keys;
  }

  @Test
  void orderSpellingCommentsAndDefaultsDoNotMatter() throws Exception {
    String rewritten =
        """
        # another comment
        merged:
          alpha: 0.50
          method: "interpolation"
          model: ${start}
          uses: merge
        start: {corpus: ${world}, uses: init, width: 32}
        world: {scenes: 10, nouns: 6, uses: corpus, source: sprite-world}
        """;

    assertThat(key("merged", rewritten)).isEqualTo(key("merged", STAGES));
  }

  @Test
  void namesOfRecipesStagesAndDimensionsDoNotMatter() throws Exception {
    String renamed = STAGES.replace("start", "first").replace("0.5}", "{each: [0.5], as: share}}");

    assertThat(key("merged[share=0.5]", renamed)).isEqualTo(key("merged", STAGES));
  }

  @Test
  void theLocaleDoesNotMatter() throws Exception {
    StageKey here = key("merged", STAGES);
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR-u-nu-arab"));
      assertThat(key("merged", STAGES)).isEqualTo(here);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void anIncidentalSettingDoesNotMatter() throws Exception {
    assertThat(key("world", STAGES, "world.workers=7")).isEqualTo(key("world", STAGES));
  }

  @Test
  void aMeaningfulSettingChangesTheKeyAndThatOfItsReaders() throws Exception {
    for (String name : List.of("world", "start", "merged")) {
      assertThat(key(name, STAGES, "world.nouns=7").digest())
          .isNotEqualTo(key(name, STAGES).digest());
    }
    assertThat(key("start", STAGES, "merged.alpha=0.75")).isEqualTo(key("start", STAGES));
    assertThat(key("merged", STAGES, "merged.alpha=0.75")).isNotEqualTo(key("merged", STAGES));
  }

  @Test
  void equalInputArtifactsGiveEqualKeysHoweverTheyWereMade() throws Exception {
    Digest same = Digest.of("the same bytes");
    Map<String, StageKey> keys = new LinkedHashMap<>();
    for (String nouns : List.of("6", "7")) {
      Plan plan = RecipeFile.ofStages(directory, STAGES).plan("world.nouns=" + nouns);
      Map<Point, Digest> artifacts = new LinkedHashMap<>();
      plan.points().forEach(point -> artifacts.put(point, same));
      keys.put(nouns, plan.points().get(1).key(artifacts));
    }

    assertThat(keys.get("6")).isEqualTo(keys.get("7"));
  }

  @Test
  void theSeedCountsOnlyWhereItIsUsed() throws Exception {
    assertThat(key("world", STAGES, "seed=2")).isEqualTo(key("world", STAGES));
    assertThat(key("start", STAGES, "seed=2")).isNotEqualTo(key("start", STAGES));
  }

  @Test
  void theEnvironmentCountsOnlyWhereTheEngineComputes() throws Exception {
    assertThat(key("world", STAGES, "environment.threads=2")).isEqualTo(key("world", STAGES));
    assertThat(key("start", STAGES, "environment.threads=2")).isNotEqualTo(key("start", STAGES));
    assertThat(key("start", STAGES).parts().get("environment"))
        .isEqualTo(
            Map.of(
                "device", "cpu", "precision", "f32", "threads", 1L, "engine", "small-engine 1.0"));
  }

  /** The catalogue of these stages says that the machine's best device is the fourth GPU. */
  @Test
  void autoIsTheKindOfWhatTheMachineHasAndTheNumberOfAGpuDoesNotCount() throws Exception {
    StageKey auto = key("start", STAGES, "environment.device=auto");

    assertThat(auto).isEqualTo(key("start", STAGES, "environment.device=cuda"));
    assertThat(auto).isEqualTo(key("start", STAGES, "environment.device=cuda:1"));
    assertThat(auto).isNotEqualTo(key("start", STAGES));
  }

  @Test
  void theFirstReplicateIsWhatThereWasWithoutReplicates() throws Exception {
    Map<String, StageKey> once = keys(RecipeFile.ofStages(directory, STAGES).plan());
    Map<String, StageKey> thrice =
        keys(RecipeFile.ofStages(directory, STAGES).plan("replicates=3"));

    assertThat(thrice.get("start[replicate=1]")).isEqualTo(once.get("start"));
    assertThat(thrice.get("merged[replicate=1]")).isEqualTo(once.get("merged"));
    assertThat(thrice.values().stream().map(StageKey::digest).distinct()).hasSize(7);
  }

  @Test
  void onlyTheChosenMethodsCodeCounts() throws Exception {
    StageKey interpolation = key("merged", STAGES);
    StageKey arithmetic =
        key("merged", STAGES.replace("interpolation, alpha: 0.5", "arithmetic, lambda: 0.5"));

    assertThat(interpolation.parts().get("code")).isNotEqualTo(arithmetic.parts().get("code"));
    assertThat(interpolation.parts().get("settings"))
        .isEqualTo(Map.of("method", "interpolation", "alpha", 0.5));
  }

  @Test
  void thePartsAreCanonicalJsonAndTheDigestIsTheirs() throws Exception {
    StageKey key = key("merged", STAGES);

    assertThat(key.digest()).isEqualTo(Digest.of(CanonicalJson.write(key.parts())));
    assertThat(key.parts())
        .containsOnlyKeys(
            "schema", "uses", "settings", "inputs", "externals", "environment", "code");
  }

  @Test
  void externalFilesCountByContentAndAreHashedOnce() throws Exception {
    Path images = Files.createDirectories(directory.resolve("images/deep"));
    Files.writeString(images.resolve("a.png"), "a");
    Files.writeString(images.resolveSibling("b.png"), "b");
    FileTime longAgo = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    Files.setLastModifiedTime(images.resolve("a.png"), longAgo);
    Files.setLastModifiedTime(images.resolveSibling("b.png"), longAgo);
    String stages =
        "world: {uses: corpus, nouns: 1, scenes: 1, source: files, files: "
            + directory.resolve("images")
            + "}";
    StageKey before = key("world", stages);
    long reads = Externals.reads();

    assertThat(key("world", stages)).isEqualTo(before);
    assertThat(Externals.reads()).isEqualTo(reads);
    assertThat(Externals.digest(directory.resolve("images")))
        .isEqualTo(Manifest.of(directory.resolve("images")).digest());

    Files.writeString(images.resolve("a.png"), "changed");
    assertThat(key("world", stages).parts().get("externals"))
        .isNotEqualTo(before.parts().get("externals"));
  }

  @Test
  void missingExternalFilesAreNamed() throws Exception {
    Plan plan =
        RecipeFile.ofStages(
                directory, "w: {uses: corpus, nouns: 1, scenes: 1, source: files, files: /no/such}")
            .plan();

    assertThat(plan.points().get(0).missingExternals()).containsExactly(Path.of("/no/such"));
  }
}
