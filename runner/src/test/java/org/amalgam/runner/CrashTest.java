package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.amalgam.artifacts.ArtifactStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs that are killed at random moments and run again. {@code -Damalgam.crash.kills=200} kills
 * more often than the suite has time for.
 */
@Timeout(3600)
class CrashTest {
  private static final int KILLS = Integer.getInteger("amalgam.crash.kills", 15);

  @TempDir Path directory = Path.of("");

  /** Forty stages in chains, some of which have equal bytes. */
  private static String recipe(Path trace) {
    StringBuilder recipe = new StringBuilder("recipe: crash\nstages:\n");
    for (int i = 0; i < 40; i++) {
      String to = i < 4 ? "" : ", to: [\"${s%d}\"]".formatted(i - 4);
      recipe.append(
          "  s%d: {uses: add, value: %d, steps: 3, pause: 5, trace: %s%s}%n"
              .formatted(i, i % 10, trace, to));
    }
    return recipe.toString();
  }

  private Trial trial(String name) throws IOException {
    return new Trial(Files.createDirectories(directory.resolve(name)))
        .recipe(recipe(directory.resolve(name + ".trace")));
  }

  @Test
  void whereverARunIsKilledTheFinalStoreIsThatOfACleanRun() throws Exception {
    Trial clean = trial("clean");
    assertThat(clean.run("--slots", "2").code()).isZero();
    Map<String, String> wanted = contents(clean);
    SplittableRandom random = new SplittableRandom(20);
    int kills = 0;
    int atWork = 0;
    for (int round = 0; kills < KILLS; round++) {
      Trial trial = trial("round" + round);
      while (true) {
        Process run = trial.child("run", "recipe.yaml", "--slots", "2");
        boolean ended = run.waitFor(random.nextInt(200, 2500), TimeUnit.MILLISECONDS);
        if (ended) {
          assertThat(run.exitValue()).isZero();
          break;
        }
        int before = Files.exists(directory.resolve("round" + round + ".trace")) ? 1 : 0;
        killOneOf(run, random);
        kills++;
        atWork += before;
        if (kills >= KILLS) {
          assertThat(trial.child("run", "recipe.yaml", "--slots", "2").waitFor()).isZero();
          break;
        }
      }
      assertThat(trial.store().verify()).as("round %d", round).isEmpty();
      assertThat(contents(trial)).as("round %d", round).isEqualTo(wanted);
    }
    // Else every run was killed before it began, and this test shows nothing.
    assertThat(atWork).isPositive();
    System.out.printf("%d kills, %d of them of runs at work%n", kills, atWork);
  }

  /** Kills the runner or, where it has children that compute, one of them as likely. */
  private static void killOneOf(Process run, SplittableRandom random) throws InterruptedException {
    List<ProcessHandle> all = new ArrayList<>(run.descendants().toList());
    all.add(run.toHandle());
    ProcessHandle victim = all.get(random.nextInt(all.size()));
    victim.destroyForcibly();
    // Without its runner a child ends; without its child the runner goes on or fails.
    run.waitFor();
    all.forEach(process -> process.onExit().join());
  }

  @Test
  void fourRunnersOfWhichSomeAreKilledComputeEachKeyToItsEndOnce() throws Exception {
    Trial clean = trial("clean");
    assertThat(clean.run().code()).isZero();
    Trial trial = trial("race");
    SplittableRandom random = new SplittableRandom(4);
    List<Process> runners = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      runners.add(trial.child("run", "recipe.yaml", "--slots", "2"));
    }
    int kills = 0;
    while (kills < 4) {
      Thread.sleep(random.nextInt(300, 900));
      int victim = random.nextInt(4);
      if (!runners.get(victim).isAlive()) {
        break;
      }
      runners.get(victim).destroyForcibly().waitFor();
      runners.set(victim, trial.child("run", "recipe.yaml", "--slots", "2"));
      kills++;
    }
    for (Process runner : runners) {
      assertThat(runner.waitFor()).isZero();
    }

    assertThat(trial.store().verify()).isEmpty();
    assertThat(contents(trial)).isEqualTo(contents(clean));
    // A stage that was killed may have begun more often; published was each key once.
    try (Stream<Path> logs = Files.walk(trial.store().root().resolve("logs"))) {
      List<Path> files = logs.filter(Files::isRegularFile).toList();
      assertThat(files).hasSize(trial.store().entries().size());
      for (Path log : files) {
        assertThat(Files.readAllLines(log).stream().filter(line -> line.contains(" published ")))
            .as(Files.readString(log))
            .hasSizeLessThanOrEqualTo(1);
      }
    }
  }

  /** Every file of the artifacts and of the index, with its bytes. */
  private static Map<String, String> contents(Trial trial) throws IOException {
    ArtifactStore store = trial.store();
    Map<String, String> contents = new TreeMap<>();
    for (String part : List.of("artifacts", "keys")) {
      try (Stream<Path> files = Files.walk(store.root().resolve(part))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          contents.put(store.root().relativize(file).toString(), Files.readString(file));
        }
      }
    }
    return contents;
  }
}
