package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.amalgam.artifacts.Manifest;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageCancelled;
import org.amalgam.stages.training.PicoTraining.Attempt;
import org.amalgam.stages.training.PicoTraining.Death;
import org.amalgam.stages.training.PicoTraining.Knobs;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An interrupted training ends with the bits of one that nobody interrupted. */
class ResumeTest {
  private enum Kind {
    PLAIN(Knobs.PLAIN),
    /** Clipping, accumulation, both dropouts and hard negatives. */
    ALL_ON(Knobs.ALL_ON);

    final Knobs knobs;

    Kind(Knobs knobs) {
      this.knobs = knobs;
    }
  }

  @TempDir static Path shared = Path.of("");
  private static final Map<Kind, Manifest> WHOLE = new EnumMap<>(Kind.class);
  private static PicoTraining training = new PicoTraining(Path.of(""));

  @TempDir Path directory = Path.of("");
  private final List<String> log = new ArrayList<>();

  @BeforeAll
  static void uninterrupted() throws Exception {
    training = new PicoTraining(shared);
    training.prepare();
    for (Kind kind : Kind.values()) {
      Path output = shared.resolve("whole-" + kind);
      Attempt attempt =
          new Attempt(output, shared.resolve("none-" + kind), 1, Progress.SILENT, line -> {});
      WHOLE.put(kind, training.run(kind.knobs, "never", attempt));
      assertThat(attempt.scratch()).doesNotExist();
    }
  }

  private Attempt attempt(String output, Progress progress) {
    return new Attempt(
        directory.resolve(output), directory.resolve("scratch"), 1, progress, log::add);
  }

  private void die(Kind kind, String every, int step) {
    Attempt dying = attempt("dead-" + step, PicoTraining.dyingAt(step));
    assertThatThrownBy(() -> training.run(kind.knobs, every, dying)).isInstanceOf(Death.class);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void killedTwentyTimesItEndsWithTheSameBits(Kind kind) throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    int resumed = 0;
    for (int kill = 0; kill < 20; kill++) {
      List<Long> begun = new ArrayList<>();
      int left = random.nextInt(1, 6);
      Progress progress =
          (done, total, unit, shown) -> {
            begun.add(done);
            if (done >= begun.get(0) + left) {
              throw new Death();
            }
          };
      Attempt attempt = attempt("killed-" + kill, progress);
      assertThatThrownBy(() -> training.run(kind.knobs, "2 steps", attempt))
          .isInstanceOf(Death.class);
      resumed += begun.get(0) > 1 ? 1 : 0;
    }

    Manifest last = training.run(kind.knobs, "2 steps", attempt("last", Progress.SILENT));

    assertThat(resumed).isGreaterThan(10);
    assertThat(last).isEqualTo(WHOLE.get(kind));
  }

  @Test
  void theScratchAsItIsAtAnyMomentLeadsToTheSameBits() throws Exception {
    Semaphore steps = new Semaphore(0);
    List<Path> copies = new ArrayList<>();
    Thread copying =
        new Thread(
            () -> {
              for (int i = 0; i < Knobs.PLAIN.steps(); i++) {
                steps.acquireUninterruptibly();
                copies.add(copy(directory.resolve("scratch"), directory.resolve("copy-" + i)));
              }
            });
    copying.start();
    // A step is reported just before it is saved: each copy is made while files come and go.
    Progress releasing = (done, total, unit, shown) -> steps.release();
    Manifest undisturbed = training.run(Knobs.PLAIN, "1 step", attempt("copied", releasing));
    copying.join();

    assertThat(undisturbed).isEqualTo(WHOLE.get(Kind.PLAIN));
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 4; i++) {
      Path scratch = copies.get(random.nextInt(copies.size()));
      Attempt attempt =
          new Attempt(directory.resolve("from-" + i), scratch, 1, Progress.SILENT, log::add);
      assertThat(training.run(Knobs.PLAIN, "never", attempt)).isEqualTo(undisturbed);
    }
    assertThat(log).anyMatch(line -> line.startsWith("resumed at step"));
  }

  /** What a copy finds may be renamed or deleted before it is read, as on a dying machine. */
  private static Path copy(Path from, Path to) {
    try {
      Files.createDirectories(to);
      try (Stream<Path> files = Files.list(from)) {
        for (Path file : files.toList()) {
          try {
            Files.write(to.resolve(file.getFileName()), Files.readAllBytes(file));
          } catch (NoSuchFileException e) {
            assertThat(file).doesNotExist();
          }
        }
      }
    } catch (NoSuchFileException e) {
      return to;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return to;
  }

  @Test
  void anotherProcessKilledByTheSystemIsContinuedInThisOne() throws Exception {
    Path scratch = directory.resolve("scratch");
    SplittableRandom random = new SplittableRandom(3);
    for (int round = 0; round < 3; round++) {
      int last = 15 * round + random.nextInt(5, 15);
      Process child =
          training.child(directory.resolve("child-" + round), scratch, Knobs.ALL_ON.steps(), false);
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
        String line = lines.readLine();
        while (line != null && Integer.parseInt(line.substring(5)) < last) {
          line = lines.readLine();
        }
        child.destroyForcibly().waitFor();
        assertThat(line).as("it was still training").isNotNull();
      }
    }

    Manifest made = training.run(Knobs.ALL_ON, "auto", attempt("last", Progress.SILENT));

    assertThat(made).isEqualTo(WHOLE.get(Kind.ALL_ON));
    assertThat(log).anyMatch(line -> line.matches("resumed at step [0-9]+ of 60"));
  }

  @Test
  void aCancelledTrainingLosesNoStep() throws Exception {
    Progress cancelling =
        (done, total, unit, shown) -> {
          if (done == 7) {
            throw new StageCancelled();
          }
        };
    assertThatThrownBy(() -> training.run(Knobs.PLAIN, "auto", attempt("a", cancelling)))
        .isInstanceOf(StageCancelled.class);
    List<Long> done = new ArrayList<>();
    Progress counting = (step, total, unit, shown) -> done.add(step);

    Manifest made = training.run(Knobs.PLAIN, "auto", attempt("b", counting));

    assertThat(log).contains("saved at step 7 of 60", "resumed at step 7 of 60");
    assertThat(done).startsWith(7L, 8L).hasSize(54);
    assertThat(made).isEqualTo(WHOLE.get(Kind.PLAIN));
  }

  @Test
  void aTornCheckpointIsPassedOverForTheOneBefore() throws Exception {
    die(Kind.PLAIN, "4 steps", 17);
    assertThat(names()).containsExactly("step-000000012.safetensors", "step-000000016.safetensors");
    Path newest = directory.resolve("scratch/step-000000016.safetensors");
    byte[] bytes = Files.readAllBytes(newest);
    Files.write(newest, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    Files.write(directory.resolve("scratch/step-000000020.part"), new byte[100]);

    Manifest made = training.run(Knobs.PLAIN, "never", attempt("b", Progress.SILENT));

    assertThat(log).anyMatch(line -> line.startsWith("dropped a checkpoint: "));
    assertThat(log).contains("resumed at step 12 of 60");
    assertThat(names()).containsExactly("step-000000012.safetensors");
    assertThat(made).isEqualTo(WHOLE.get(Kind.PLAIN));
  }

  @Test
  void whereEveryCheckpointHasAFlippedBitItBeginsAgain() throws Exception {
    die(Kind.PLAIN, "4 steps", 9);
    for (String name : names()) {
      Path file = directory.resolve("scratch").resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.write(file, bytes);
    }

    Manifest made = training.run(Knobs.PLAIN, "never", attempt("b", Progress.SILENT));

    assertThat(log).filteredOn(line -> line.contains("bytes that were written")).hasSize(2);
    assertThat(log).noneMatch(line -> line.startsWith("resumed"));
    assertThat(names()).isEmpty();
    assertThat(made).isEqualTo(WHOLE.get(Kind.PLAIN));
  }

  @Test
  void theCheckpointOfAnotherTrainingIsNotTaken() throws Exception {
    die(Kind.ALL_ON, "4 steps", 9);

    Manifest made = training.run(Knobs.PLAIN, "never", attempt("b", Progress.SILENT));

    assertThat(log).filteredOn(line -> line.contains("is of another training")).hasSize(2);
    assertThat(made).isEqualTo(WHOLE.get(Kind.PLAIN));
  }

  @Test
  void aTrainingGoesOnWhereNoCheckpointCanBeWritten() throws Exception {
    Files.write(directory.resolve("scratch"), new byte[0]);

    Manifest made = training.run(Knobs.PLAIN, "30 steps", attempt("a", Progress.SILENT));

    assertThat(log).anyMatch(line -> line.startsWith("no checkpoint at step 30, going on without"));
    assertThat(made).isEqualTo(WHOLE.get(Kind.PLAIN));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("scratch"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
