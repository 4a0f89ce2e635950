package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {
  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  @BeforeEach
  void newTrial() {
    trial = new Trial(directory);
  }

  private static final String CHAIN =
      """
      recipe: chain
      vars: {start: 1}
      stages:
        one: {uses: add, value: "${start}"}
        two: {uses: add, value: 2, to: ["${one}"]}
        odd: {uses: parity, of: ["${two}"]}
        far: {uses: add, value: 3, to: ["${odd}"]}
      """;

  @Test
  void theSecondRunExecutesNothing() throws IOException {
    trial.recipe(CHAIN);

    assertThat(trial.run().verdicts().values()).containsOnly("ran").hasSize(4);
    Result second = trial.run();

    assertThat(second.code()).isZero();
    assertThat(second.verdicts().values()).containsOnly("cached").hasSize(4);
  }

  @Test
  void aChangedSettingRunsItsDependentsUntilAnArtifactIsEqualAgain() throws IOException {
    trial.recipe(CHAIN).run();

    Map<String, String> verdicts = trial.run("--set", "start=3").verdicts();

    assertThat(verdicts)
        .containsExactly(
            Map.entry("one", "ran"),
            Map.entry("two", "ran"),
            Map.entry("odd", "ran"),
            Map.entry("far", "cached"));
  }

  @Test
  void aDeletedArtifactIsMadeAgainAndWhatDependsOnItIsKept() throws IOException {
    trial.recipe(CHAIN).run();
    deleteArtifactOf("two");

    assertThat(trial.run().verdicts())
        .containsEntry("one", "cached")
        .containsEntry("two", "ran")
        .containsEntry("odd", "cached")
        .containsEntry("far", "cached");
  }

  private void deleteArtifactOf(String stage) throws IOException {
    ArtifactStore store = trial.store();
    for (KeyEntry entry : store.entries()) {
      if (store.provenance(entry.key()).orElseThrow().stage().equals(stage)) {
        // its manifest goes too
        MoreFiles.deleteRecursively(
            store.directory(entry.artifact()).resolve("..").normalize(),
            RecursiveDeleteOption.ALLOW_INSECURE);
      }
    }
  }

  @Test
  void aFailureBlocksWhatDependsOnItAndNothingElse() throws IOException {
    trial.recipe(
        """
        recipe: failing
        stages:
          good: {uses: add, value: 1}
          bad: {uses: fail, of: ["${good}"]}
          after: {uses: add, value: 1, to: ["${bad}"]}
          last: {uses: add, value: 2, to: ["${after}"]}
          apart: {uses: add, value: 5}
        """);

    Result result = trial.run();

    assertThat(result.code()).isEqualTo(5);
    assertThat(result.verdicts())
        .containsEntry("good", "ran")
        .containsEntry("bad", "failed")
        .containsEntry("after", "blocked")
        .containsEntry("last", "blocked")
        .containsEntry("apart", "ran");
    assertThat(result.err())
        .contains("bad failed: the number is too large: 7; make it smaller")
        .contains("log: ")
        .doesNotContain("StageFailure", "\tat ");
    assertThat(trial.store().verify()).isEmpty();
  }

  @Test
  void aBugOfAStageLeavesItsStackTraceInTheLogOnly() throws IOException {
    trial.recipe("recipe: bug\nstages:\n  bad: {uses: fail, bug: true}\n");

    Result result = trial.run();

    assertThat(result.code()).isEqualTo(5);
    assertThat(result.err()).contains("index 7 of 3").doesNotContain("\tat ");
    String log =
        result.err().lines().filter(l -> l.startsWith("  log: ")).findFirst().orElseThrow();
    assertThat(Files.readString(Path.of(log.substring(7).strip())))
        .contains("IllegalStateException: index 7 of 3")
        .contains("\tat org.amalgam.runner.TrialStages$Fail.run");
  }

  @Test
  void anArtifactWithoutFilesIsRefused() throws IOException {
    trial.recipe("recipe: none\nstages:\n  nothing: {uses: empty}\n");

    Result result = trial.run();

    assertThat(result.code()).isEqualTo(5);
    assertThat(result.err()).contains("stage type empty wrote no file");
  }

  @Test
  void commentsSpacingOrderAndMovingTheRecipeExecuteNothing() throws IOException {
    trial.recipe(CHAIN).run();
    Path elsewhere = Files.createDirectories(directory.resolve("else/where"));
    Files.writeString(
        elsewhere.resolve("other.yaml"),
        """
        # what was asked for in March
        stages:

          far:
            to:   [ "${odd}" ]
            value: 3.0   # apples
            uses: add
          odd: {of: ["${two}"], uses: parity}
          two: {to: ["${one}"], uses: 'add', value: 2}
          one: {uses: add, value: "${start}"}
        vars: {start: 1}
        recipe: renamed
        """);

    Result again = trial.execute("run", "else/where/other.yaml", "--output", "json");

    assertThat(again.verdicts().values()).containsOnly("cached").hasSize(4);
  }

  @Test
  void aMistakeInAStageThatNobodyAskedForOnlyWarns() throws IOException {
    trial.recipe(
        CHAIN
            + "  broken: {uses: add, value: 2000}\n"
            + "  behind: {uses: parity, of: [\"${broken}\"]}\n");

    Result run = trial.run("far");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.verdicts()).hasSize(4);
    assertThat(run.err()).contains("warning: ", "value must be in [-1000, 1000], is 2000");
    assertThat(trial.run("behind").code()).isEqualTo(3);
  }

  @Test
  void runningAgainAfterFailuresComputesOnlyWhatFailed() throws IOException {
    trial.recipe(
        """
        recipe: grid
        stages:
          one: {uses: add, value: 1}
          bad: {uses: read, file: %s}
          all: {uses: add, to: ["${one}", "${bad}"]}
        """
            .formatted(directory.resolve("n.txt")));
    Files.writeString(directory.resolve("n.txt"), "no number");
    assertThat(trial.run().verdicts().values()).containsExactly("ran", "failed", "blocked");

    Files.writeString(directory.resolve("n.txt"), "5");

    assertThat(trial.run().verdicts().values()).containsExactly("cached", "ran", "ran");
  }

  @Test
  void maxFailuresStopsAtThatMany() throws IOException {
    trial.recipe(
        """
        recipe: grid
        stages:
          bad: {uses: fail, bug: {each: [false, true]}}
          good: {uses: add, value: {each: [1, 2]}}
        """);

    assertThat(trial.run("--slots", "1", "--max-failures", "2").verdicts().values())
        .containsExactly("failed", "failed", "cancelled", "cancelled");
    assertThat(trial.run("--slots", "1", "--max-failures", "3").verdicts().values())
        .containsExactly("failed", "failed", "ran", "ran");
  }

  @Test
  void failFastLeavesTheRestUnstarted() throws IOException {
    trial.recipe(
        """
        recipe: fast
        stages:
          bad: {uses: fail}
          one: {uses: add, value: 1}
          two: {uses: add, value: 2}
        """);

    Map<String, String> verdicts = trial.run("--fail-fast", "--slots", "1").verdicts();

    assertThat(verdicts)
        .containsEntry("bad", "failed")
        .containsEntry("one", "cancelled")
        .containsEntry("two", "cancelled");
  }

  @Test
  void pointsWithEqualKeysAreOneExecution() throws IOException {
    Path trace = directory.resolve("trace");
    trial.recipe(
        """
        recipe: twins
        stages:
          one: {uses: add, value: 4, pause: 50, trace: %s}
          same: {uses: add, value: 4, pause: 50, trace: %s}
        """
            .formatted(trace, trace));

    Map<String, String> verdicts = trial.run("--slots", "2").verdicts();

    assertThat(verdicts).containsEntry("one", "ran").containsEntry("same", "cached");
    assertThat(Files.readAllLines(trace)).hasSize(1);
  }

  @Test
  void aMissingFileBlocksByName() throws IOException {
    trial.recipe(
        "recipe: external\nstages:\n  file: {uses: read, file: " + directory + "/n.txt}\n");

    Result missing = trial.run();

    assertThat(missing.code()).isEqualTo(4);
    assertThat(missing.verdicts()).containsEntry("file", "blocked");
    assertThat(missing.err()).contains("missing " + directory + "/n.txt");

    Files.writeString(directory.resolve("n.txt"), "8");
    assertThat(trial.run().verdicts()).containsEntry("file", "ran");
    Files.writeString(directory.resolve("n.txt"), "9");
    assertThat(trial.run().verdicts()).containsEntry("file", "ran");
  }

  @Test
  void aDamagedStoreIsFound() throws IOException {
    trial.recipe(CHAIN).run();
    ArtifactStore store = trial.store();
    Path file = store.directory(store.entries().get(0).artifact()).resolve("number");
    file.toFile().setWritable(true);
    Files.writeString(file, "damaged");

    Result verified = trial.execute("verify");

    assertThat(verified.code()).isEqualTo(6);
    assertThat(verified.err()).contains("1 defect");
  }

  @Test
  void aStoreThatIsAFileIsOneClearMessage() throws IOException {
    trial.recipe(CHAIN);
    Files.writeString(directory.resolve("file"), "");

    Result result = trial.run("--store", "file");

    assertThat(result.code()).isEqualTo(6);
    assertThat(result.err()).startsWith("amalgam: ").doesNotContain("\tat ");
  }
}
