package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.amalgam.artifacts.CanonicalJson;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StoreCommandsTest {
  private static final String RECIPE =
      """
      recipe: grid
      vars: {start: 1}
      stages:
        base: {uses: add, value: "${start}"}
        sum: {uses: add, value: 2, to: "${base}"}
      """;

  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);

  @BeforeEach
  void run() throws IOException {
    trial = new Trial(Files.createDirectories(directory.resolve("own"))).recipe(RECIPE);
    assertThat(trial.run().code()).isZero();
  }

  private Path number(Trial of, String point) {
    List<?> shown =
        (List<?>) CanonicalJson.parse(of.execute("show", point, "--output", "json").out());
    String folder = String.valueOf(((Map<?, ?>) shown.get(0)).get("directory"));
    return Path.of(folder).resolve("number");
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[0] ^= 1;
    Files.delete(file);
    Files.write(file, bytes);
  }

  @Test
  void verifyMovesWhatIsDamagedAwayAndRunningAgainMendsIt() throws IOException {
    assertThat(trial.execute("verify").out()).isEqualTo("2 entries, all sound\n");
    flip(number(trial, "base"));
    Trial.Result look = trial.execute("verify", "--dry-run");
    assertThat(look.code()).isEqualTo(6);
    assertThat(look.err()).contains("corrupt file", "left as it is");

    Trial.Result verify = trial.execute("verify");

    assertThat(verify.code()).isEqualTo(6);
    assertThat(verify.err())
        .contains("quarantine", "the next run computes it again", "1 defect, 0 mended");
    assertThat(trial.run().verdicts()).containsEntry("base", "ran").containsEntry("sum", "cached");
    assertThat(trial.execute("verify", "--output", "json").out()).contains("\"defects\" : [ ]");
  }

  @Test
  void aSharedStoreGivesWhatAnotherLabComputedAndMendsDamage() throws IOException {
    Trial other = new Trial(Files.createDirectories(directory.resolve("other"))).recipe(RECIPE);
    other.environment.put(
        "AMALGAM_SHARED_STORE", trial.directory.resolve(".amalgam/store").toString());

    assertThat(other.run().verdicts().values()).containsOnly("cached");
    assertThat(other.execute("show", "sum").out()).contains("from: shared store ");
    flip(number(other, "sum"));
    Trial.Result verify = other.execute("verify");
    assertThat(verify.code()).as(verify.err()).isZero();
    assertThat(verify.err()).contains("mended from the shared store", "1 defect, 1 mended");

    other.environment.put("AMALGAM_SHARED_STORE", directory.resolve("nowhere").toString());
    Trial.Result alone = other.run("--set", "start=5");
    assertThat(alone.code()).isZero();
    assertThat(alone.err()).containsOnlyOnce("going on without the shared store");
    other.environment.put("AMALGAM_SHARE", "wirte");
    assertThat(other.run().err()).contains("share must be off or read or write, is wirte");
  }

  @Test
  void gcTellsFirstAndDeletesOnlyWhatNoRunAndNoPinHas() throws IOException {
    assertThat(trial.execute("gc", "--older-than", "0").out()).contains("would delete 0 things");
    try (Stream<Path> runs = Files.list(trial.directory.resolve(".amalgam/runs"))) {
      for (Path run : runs.toList()) {
        if (!Files.isSymbolicLink(run)) {
          Files.move(run, directory.resolve(run.getFileName()));
        }
      }
    }
    assertThat(trial.execute("gc").out()).as("used today").contains("would delete 0 things");
    String base = trial.store().entries().get(0).artifact().abbreviated();
    assertThat(trial.execute("pin", base, "--as", "paper").out()).contains("pinned 1 artifacts");
    assertThat(trial.execute("pin").out()).contains("paper  1 artifacts");

    Trial.Result dry = trial.execute("gc", "--older-than", "0");
    assertThat(dry.out()).contains("would delete 1 thing,", "--yes deletes", "no run and no pin");
    assertThat(trial.store().artifacts()).hasSize(2);
    assertThat(trial.execute("gc", "--older-than", "0", "--yes").out())
        .contains("deleted 1 thing,");
    assertThat(trial.store().artifacts()).hasSize(1);

    assertThat(trial.execute("unpin", "papers").err()).contains("there are paper");
    assertThat(trial.execute("unpin", "paper").code()).isZero();
    assertThat(trial.execute("gc", "--older-than", "0", "--yes", "--output", "json").out())
        .contains("\"kind\" : \"artifact\"");
    assertThat(trial.store().artifacts()).isEmpty();
    assertThat(trial.execute("gc", "--max-size", "20X").err()).contains("20G");
  }

  @Test
  void scratchGoesAtOnceIntermediateForSpaceAndFinalStays() throws IOException {
    Trial kept =
        new Trial(Files.createDirectories(directory.resolve("kept")))
            .recipe(
                """
                recipe: kept
                stages:
                  sketch: {uses: add, value: 1, keep: scratch}
                  middle: {uses: add, value: 2, to: ["${sketch}"]}
                  needed: {uses: add, value: 9, keep: scratch}
                  broken: {uses: fail, of: ["${needed}"]}
                  result: {uses: add, value: 4, to: ["${middle}"]}
                """);
    assertThat(kept.run().code()).isEqualTo(5);

    assertThat(kept.execute("gc").out())
        .contains("sketch: scratch of a run", "would delete 1 thing,");
    assertThat(kept.execute("gc", "--yes").out()).contains("deleted 1 thing,");
    assertThat(kept.execute("gc", "--older-than", "0").out()).doesNotContain("of a run");
    Trial.Result small = kept.execute("gc", "--older-than", "0", "--max-size", "0", "--yes");
    assertThat(small.out())
        .contains("middle: intermediate of a run", "needed: intermediate of a run");
    assertThat(kept.store().entries()).hasSize(1);
    assertThat(kept.execute("show", "result").code()).isZero();
    assertThat(kept.run("result").verdicts())
        .containsEntry("sketch", "ran")
        .containsEntry("middle", "ran")
        .containsEntry("result", "cached");
  }

  @Test
  void whatIsScratchForOneRunAndFinalForAnotherStays() throws IOException {
    String recipe =
        """
        recipe: kept
        stages:
          base: {uses: add, value: 1, keep: %s}
          sum: {uses: add, value: 2, to: ["${base}"]}
        """;
    Trial kept = new Trial(Files.createDirectories(directory.resolve("kept")));
    kept.recipe(recipe.formatted("final")).run();
    assertThat(kept.recipe(recipe.formatted("scratch")).run().verdicts().values())
        .as("it is in no key")
        .containsOnly("cached");

    assertThat(kept.execute("gc").out()).contains("would delete 0 things");
  }

  @Test
  void aRunCanBePinnedWhole() {
    assertThat(trial.execute("pin", "latest", "--as", "paper").out())
        .contains("pinned 2 artifacts of ");
    assertThat(trial.execute("show", "base").out()).contains("pins: paper", "usedByRuns");
    assertThat(trial.execute("pin", "nobody").code()).isEqualTo(2);
    assertThat(trial.execute("show", "nobody").err()).contains("has no artifact nobody");
  }

  @Test
  void anInputThatChangesUnderAStageGivesNoResult() throws Exception {
    Path input = Files.writeString(directory.resolve("n.txt"), "7");
    Path read = directory.resolve("read");
    trial.recipe(
        "recipe: external\nstages:\n  file: {uses: read, file: %s, mark: %s}\n"
            .formatted(input, read));
    Process child = trial.child("run", "recipe.yaml");
    while (!Files.exists(read)) {
      assertThat(child.isAlive()).isTrue();
      Thread.sleep(10);
    }
    Files.writeString(input, "8");
    Files.delete(read);
    assertThat(child.waitFor()).isEqualTo(4);
    assertThat(trial.store().entries()).hasSize(2);
  }

  @Test
  void aStoreThatCannotBeWrittenToStillAnswersRunsThatNeedNothingNew() throws Exception {
    Path store = trial.directory.resolve(".amalgam/store");
    assumeThat(mount("--bind", store, store)).isTrue();
    try {
      assumeThat(mount("-o", "remount,ro,bind", store)).isTrue();
      assertThat(Files.isWritable(store)).isFalse();

      Trial.Result cached = trial.run();
      assertThat(cached.code()).as(cached.err()).isZero();
      assertThat(cached.verdicts().values()).containsOnly("cached");
      Trial.Result needs = trial.run("--set", "start=5");
      assertThat(needs.code()).isEqualTo(6);
      assertThat(needs.err()).contains("not writable for this user", "name another store");
      assertThat(trial.execute("verify").out()).contains("all sound");
      assertThat(trial.execute("gc", "--yes").code()).isEqualTo(6);
    } finally {
      umount(store);
    }
  }

  @Test
  void aFullDiskIsOneClearMessageAndLosesNothing() throws Exception {
    Path disk = Files.createDirectories(directory.resolve("disk"));
    assumeThat(mount("-t", "tmpfs", "-o", "size=256k", "none", disk)).isTrue();
    try {
      String store = disk.resolve("store").toString();
      assertThat(trial.run("--store", store).code()).isZero();
      long free = Files.getFileStore(disk).getUsableSpace();
      Path ballast = Files.write(disk.resolve("ballast"), new byte[(int) free]);

      Trial.Result full = trial.run("--store", store, "--set", "start=5");
      assertThat(full.code()).isEqualTo(6);
      assertThat(full.err()).contains("no space left").doesNotContain("\tat ");
      assertThat(trial.run("--store", store).verdicts().values()).containsOnly("cached");
      Files.delete(ballast);
      assertThat(trial.run("--store", store, "--set", "start=5").code()).isZero();
      assertThat(trial.execute("verify", "--store", store).code()).isZero();
    } finally {
      umount(disk);
    }
  }

  private static boolean mount(Object... arguments) throws IOException, InterruptedException {
    return call("mount", arguments);
  }

  private static void umount(Path place) throws IOException, InterruptedException {
    call("umount", "-l", place);
  }

  /** Only the superuser mounts; where that is nobody, there is nothing to try. */
  private static boolean call(String program, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        Stream.concat(Stream.of(program), Stream.of(arguments).map(String::valueOf)).toList();
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }
}
