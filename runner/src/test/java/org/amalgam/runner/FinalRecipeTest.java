package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.Provenance;
import org.amalgam.stages.Stages;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The final recipe at smoke scale, with the real stages, as its users run it. */
@Timeout(300)
class FinalRecipeTest {
  private static final Path RECIPE =
      Path.of("..", "recipes", "final-recipe.yaml").toAbsolutePath().normalize();

  @TempDir static Path shared = Path.of("");
  @TempDir Path fresh = Path.of("");

  private static Trial trial(Path directory) {
    Trial trial = new Trial(directory);
    trial.catalog = Stages.catalog();
    return trial;
  }

  private static Trial.Result run(Path directory, String... more) {
    List<String> arguments = new ArrayList<>(List.of("run", RECIPE.toString()));
    arguments.addAll(List.of("--profile", "smoke", "--output", "json"));
    arguments.addAll(Arrays.asList(more));
    return trial(directory).execute(arguments.toArray(String[]::new));
  }

  @BeforeAll
  static void firstRun() {
    Trial.Result first = run(shared);

    assertThat(first.err()).isNotNull();
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.verdicts()).hasSize(34);
    assertThat(first.verdicts().values()).containsOnly("ran");
  }

  @Test
  void theSecondRunExecutesNothing() {
    Trial.Result second = run(shared);

    assertThat(second.code()).isZero();
    assertThat(second.verdicts()).hasSize(34);
    assertThat(second.verdicts().values()).containsOnly("cached");
    assertThat(trial(shared).store().verify()).isEmpty();
  }

  @Test
  void theTableHasItsFiveRows() throws IOException {
    assertThat(Files.readString(trial(shared).latest("tables.md")))
        .contains(
            "modality-agnostic",
            "modality-specific",
            "merging baseline",
            "ours, alpha 0.5",
            "ours, alpha 0.75");
  }

  /** 600,000 steps of pre-training at 0.02016 V100-hours, ten fine-tunings of 224. */
  @Test
  void thePapersScaleIsPricedByItsAppendix() throws IOException {
    assertThat(Files.readString(trial(shared).latest("run.json")))
        .contains(
            "14,336 V100-hours of one replicate",
            "12,096 for 4 pre-trainings (600,000 steps at 0.02016 V100-hours)",
            "2,240 for 10 fine-tunings");
  }

  @Test
  void anotherAlphaRunsNothingAboveTheMerge() {
    Map<String, String> verdicts = run(shared, "--set", "alpha=0.6").verdicts();

    verdicts.forEach(
        (point, verdict) ->
            assertThat(verdict).as(point).isEqualTo(point.contains("0.6") ? "ran" : "cached"));
    assertThat(verdicts).containsEntry("ours[alpha=0.6]", "ran");
  }

  @Test
  void anAlphaThatWasThereRunsNothing() {
    assertThat(run(shared, "--set", "alpha=0.5").verdicts().values()).containsOnly("cached");
  }

  @Test
  void afterDeletingOneFineTunedModelOnlyItRunsAgain() {
    ArtifactStore store = trial(shared).store();
    String point = "vqa-tuned[method=merging-baseline]";
    store.remove(artifacts(store).getOrDefault(point, Digest.of("none")));

    Map<String, String> verdicts = run(shared).verdicts();

    // It comes out bit for bit as before, so that what reads it is still good.
    assertThat(verdicts).containsEntry(point, "ran");
    verdicts.remove(point);
    assertThat(verdicts.values()).containsOnly("cached");
  }

  @Test
  void aFlippedByteInAResultIsToldAndMendedByRunningAgain() throws IOException {
    ArtifactStore store = trial(shared).store();
    String point = "vqa-score[method=modality-agnostic]";
    Digest artifact = artifacts(store).getOrDefault(point, Digest.of("none"));
    Path metrics = store.directory(artifact).resolve("metrics.json");
    byte[] bytes = Files.readAllBytes(metrics);
    bytes[bytes.length / 2] ^= 1;
    assertThat(metrics.toFile().setWritable(true)).isTrue();
    Files.write(metrics, bytes);

    Trial.Result told = run(shared);
    Map<String, String> verdicts = run(shared).verdicts();

    assertThat(told.code()).isEqualTo(6);
    assertThat(told.err()).contains("metrics.json").doesNotContain("\tat ");
    // Scores that are equal to the last digit are one artifact, and are made again together.
    assertThat(verdicts).containsEntry(point, "ran");
    verdicts.keySet().removeIf(other -> other.startsWith("vqa-score"));
    assertThat(verdicts.values()).containsOnly("cached");
    assertThat(trial(shared).store().verify()).isEmpty();
  }

  @Test
  void theSameSeedGivesTheSameArtifactsInAnotherStore() {
    run(fresh, "--slots", "1");

    Map<String, Digest> expected = artifacts(trial(shared).store());
    expected.keySet().retainAll(artifacts(trial(fresh).store()).keySet());
    assertThat(expected).hasSizeGreaterThanOrEqualTo(34);
    assertThat(artifacts(trial(fresh).store())).isEqualTo(expected);
  }

  @Test
  void anotherSeedGivesOtherWeightsOfTheSameWorld() {
    run(fresh, "--set", "seed=2", "agnostic");

    Map<String, Digest> one = artifacts(trial(shared).store());
    Map<String, Digest> two = artifacts(trial(fresh).store());
    assertThat(two).containsEntry("sprites", one.get("sprites"));
    assertThat(two.get("agnostic")).isNotEqualTo(one.get("agnostic"));
  }

  @Test
  void killedDuringPreTrainingItGoesOnToTheSameTables() throws Exception {
    Path killed = Files.createDirectory(fresh.resolve("killed"));
    Path whole = Files.createDirectory(fresh.resolve("whole"));
    Process child = child(killed, "run", RECIPE.toString(), "--profile", "smoke", "--set", "k=150");
    while (ArtifactStore.open(store(killed)).entries().size() < 2 && child.isAlive()) {
      Thread.sleep(20);
    }
    Thread.sleep(300);
    child.destroyForcibly().waitFor();
    int finished = trial(killed).store().entries().size();
    assertThat(finished).isBetween(2, 33);

    Map<String, String> verdicts = run(killed, "--set", "k=150").verdicts();
    run(whole, "--set", "k=150");

    assertThat(verdicts).containsEntry("sprites", "cached").containsEntry("supervised", "cached");
    assertThat(verdicts.values().stream().filter("cached"::equals)).hasSize(finished);
    assertThat(trial(killed).store().verify()).isEmpty();
    assertThat(artifacts(trial(killed).store())).isEqualTo(artifacts(trial(whole).store()));
    assertThat(trial(killed).latest("tables.csv"))
        .hasSameTextualContentAs(trial(whole).latest("tables.csv"));
  }

  @Test
  void otherSizesOfTheWorldReachTheModels() throws IOException {
    Trial.Result result =
        run(
            fresh,
            "sprites",
            "--set",
            "world.nouns=13",
            "--set",
            "world.scenes=33",
            "--set",
            "world.test-scenes=7",
            "--set",
            "sprites.vocabulary=bert");

    assertThat(result.code()).as(result.err()).isZero();
    ArtifactStore store = trial(fresh).store();
    Digest corpus = artifacts(store).getOrDefault("sprites", Digest.of("none"));
    assertThat(Files.readString(store.verified(corpus).resolve("corpus.json")))
        .contains("\"scenes.train\" : 33", "\"scenes.test\" : 7", "\"vocabulary\" : 30522");
  }

  @Test
  void theBaseProfilePlansAndNamesTheDataThatIsMissing() {
    Trial.Result plan = trial(fresh).execute("plan", RECIPE.toString(), "--profile", "base");

    assertThat(plan.out())
        .contains("data/coco")
        .contains("beit_base_patch16_224.safetensors")
        .doesNotContain("supervised ");
  }

  @Test
  void timesOfASmallRunAreNotPredictedForALargeOne() {
    Trial.Result same = plan("--set", "seed=3");
    Trial.Result larger = plan("--set", "world.scenes=4000", "--set", "seed=3");

    assertThat(same.out()).containsPattern("agnostic +to run +about ");
    assertThat(larger.out()).doesNotContainPattern("agnostic +to run +about ");
  }

  private static Trial.Result plan(String... more) {
    List<String> arguments = new ArrayList<>(List.of("plan", RECIPE.toString()));
    arguments.addAll(List.of("--profile", "smoke"));
    arguments.addAll(Arrays.asList(more));
    return trial(shared).execute(arguments.toArray(String[]::new));
  }

  private static Path store(Path directory) throws IOException {
    return Files.createDirectories(directory.resolve(".amalgam")).resolve("store");
  }

  private static Map<String, Digest> artifacts(ArtifactStore store) {
    Map<String, Digest> artifacts = new TreeMap<>();
    for (KeyEntry entry : store.entries()) {
      Provenance provenance = store.provenance(entry.key()).orElseThrow();
      artifacts.put(provenance.stage(), entry.artifact());
    }
    return artifacts;
  }

  private static Process child(Path directory, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Amalgam.class.getName());
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("child.out").toFile())
        .start();
  }
}
