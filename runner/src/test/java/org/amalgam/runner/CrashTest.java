package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.KeyEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs that are killed at random moments and run again. {@code -Damalgam.crash.kills=200} kills
 * more often than the suite has time for.
 */
@Timeout(3600)
class CrashTest {
  private static final int STAGES = 24;
  private static final int KILLED = 137;

  @TempDir Path directory = Path.of("");

  /** Stages in chains, some of which have equal bytes. */
  private static String recipe(Path trace) {
    StringBuilder recipe = new StringBuilder("recipe: crash\nstages:\n");
    for (int i = 0; i < STAGES; i++) {
      String to = i < 4 ? "" : ", to: [\"${s%d}\"]".formatted(i - 4);
      recipe.append(
          "  s%d: {uses: witness, value: %d, steps: 5, pause: 10, trace: %s%s}%n"
              .formatted(i, i % 10, trace, to));
    }
    return recipe.toString();
  }

  private Path trace(String name) {
    return directory.resolve(name + ".trace");
  }

  private Trial trial(String name) throws IOException {
    return new Trial(Files.createDirectories(directory.resolve(name))).recipe(recipe(trace(name)));
  }

  /** With two things at once that can be killed: two slots, or the runner and a worker. */
  private static Process start(Trial trial, String executor) throws IOException {
    String slots = executor.equals("local") ? "2" : "1";
    return trial.child("run", "recipe.yaml", "--slots", slots, "--executor", executor);
  }

  @ParameterizedTest
  @CsvSource({"local, 3", "process, 6"})
  void whereverARunIsKilledTheFinalStoreIsThatOfACleanRun(String executor, int few)
      throws Exception {
    int enough = Integer.getInteger("amalgam.crash.kills", few);
    Trial clean = trial("clean");
    assertThat(clean.run().code()).isZero();
    Map<String, String> wanted = contents(clean);
    SplittableRandom random = new SplittableRandom(20);
    int runners = 0;
    int workers = 0;
    int computing = 0;
    for (int round = 0; runners + workers < enough; round++) {
      Trial trial = trial("round" + round);
      boolean complete = false;
      while (!complete) {
        Set<Path> earlier = runs(trial);
        long testified = length(trace("round" + round));
        Process run = start(trial, executor);
        // One kill in five may hit the start; the others come once stages are being computed.
        boolean wait = random.nextInt(5) > 0;
        while (wait && run.isAlive() && length(trace("round" + round)) == testified) {
          Thread.sleep(5);
        }
        Thread.sleep(random.nextInt(400));
        ProcessHandle victim = killOneOf(run, random);
        int exit = run.waitFor();
        assertThat(exit).as(trial.printed()).isIn(0, KILLED);
        complete = exit == 0;
        boolean runner = victim.pid() == run.pid();
        if (runner && exit == KILLED) {
          runners++;
          computing += isCutOffAtWork(trial, earlier) ? 1 : 0;
        } else if (!runner) {
          workers++;
          computing += hasSecondAttempt(trial, earlier) ? 1 : 0;
        }
        if (runners + workers >= enough && !complete) {
          assertThat(trial.run().code()).isZero();
          complete = true;
        }
      }
      assertThat(trial.store().verify()).as("round %d", round).isEmpty();
      assertThat(contents(trial)).as("round %d", round).isEqualTo(wanted);
      assertThat(Files.readString(trace("round" + round))).doesNotContain(Witness.PUBLISHED);
    }
    // Else every run was killed before it began, and this test shows nothing.
    assertThat(computing).isPositive();
    System.out.printf(
        "%s: killed %d runners and %d workers, %d of these %d while a stage was being computed%n",
        executor, runners, workers, computing, runners + workers);
  }

  /** Kills the runner or, where it has children that compute, one of them as likely. */
  private static ProcessHandle killOneOf(Process run, SplittableRandom random)
      throws InterruptedException {
    List<ProcessHandle> all = new ArrayList<>(run.descendants().toList());
    all.add(run.toHandle());
    ProcessHandle victim = all.get(random.nextInt(all.size()));
    victim.destroyForcibly();
    // Without its runner a child ends; without its child the runner goes on or fails.
    run.waitFor();
    all.forEach(process -> process.onExit().join());
    return victim;
  }

  private static Set<Path> runs(Trial trial) throws IOException {
    Path runs = trial.directory.resolve(".amalgam/runs");
    if (!Files.isDirectory(runs)) {
      return new HashSet<>();
    }
    try (Stream<Path> folders = Files.list(runs)) {
      return new HashSet<>(folders.filter(folder -> !Files.isSymbolicLink(folder)).toList());
    }
  }

  /** The lines so far of the run that began since. */
  private static List<String> journal(Trial trial, Set<Path> earlier) throws IOException {
    Set<Path> since = runs(trial);
    since.removeAll(earlier);
    for (Path run : since) {
      Path journal = run.resolve("journal.jsonl");
      if (Files.exists(journal)) {
        return Files.readAllLines(journal);
      }
    }
    return List.of();
  }

  private static long length(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  /** Whether the run ended with a stage that had begun and not ended. */
  private static boolean isCutOffAtWork(Trial trial, Set<Path> earlier) throws IOException {
    Map<String, String> last = new TreeMap<>();
    for (String line : journal(trial, earlier)) {
      try {
        Parsed event = Parsed.of(line);
        last.put(event.get("point").text(), event.get("event").text());
      } catch (IllegalArgumentException e) {
        // The line that was cut off.
        break;
      }
    }
    return last.containsValue("started");
  }

  /** Whether the run, which lived on, tried a stage again since its worker was killed. */
  private static boolean hasSecondAttempt(Trial trial, Set<Path> earlier) throws IOException {
    Set<Path> since = runs(trial);
    since.removeAll(earlier);
    Path run = since.iterator().next().resolve("run.json");
    Map<?, ?> json = (Map<?, ?>) CanonicalJson.parse(Files.readString(run));
    List<?> stages = (List<?>) Objects.requireNonNull(json.get("stages"), "stages");
    return stages.stream()
        .anyMatch(stage -> Long.valueOf(2).equals(((Map<?, ?>) stage).get("attempts")));
  }

  @Test
  void fourRunnersOfWhichSomeAreKilledComputeEachKeyToItsEndOnce() throws Exception {
    Trial clean = trial("clean");
    assertThat(clean.run().code()).isZero();
    for (KeyEntry entry : clean.store().entries()) {
      assertThat(Witness.isPublished(clean.store().scratch(entry.key()))).isTrue();
    }
    Trial trial = trial("race");
    SplittableRandom random = new SplittableRandom(4);
    List<String> executors = List.of("local", "local", "local", "process");
    List<Process> runners = new ArrayList<>();
    for (String executor : executors) {
      runners.add(start(trial, executor));
    }
    for (int kill = 0; kill < 2; kill++) {
      long testified = length(trace("race"));
      int victim = random.nextInt(4);
      while (runners.get(victim).isAlive() && length(trace("race")) == testified) {
        Thread.sleep(5);
      }
      Thread.sleep(random.nextInt(50));
      runners.get(victim).destroyForcibly().waitFor();
      runners.set(victim, start(trial, executors.get(victim)));
    }
    for (Process runner : runners) {
      assertThat(runner.waitFor()).isZero();
    }

    assertThat(trial.store().verify()).isEmpty();
    assertThat(contents(trial)).isEqualTo(contents(clean));
    List<String> testimony = Files.readAllLines(trace("race"));
    assertThat(testimony.stream().filter(line -> line.endsWith(Witness.BEGINS)))
        .hasSizeGreaterThanOrEqualTo(trial.store().entries().size());
    assertThat(testimony).noneMatch(line -> line.endsWith(Witness.PUBLISHED));
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
