package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failure classes and time limits where stages run in the runner's own process. */
class RetriesTest {
  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);
  private Path trace = directory;

  @BeforeEach
  void newTrial() {
    trial = new Trial(directory);
    trace = directory.resolve("trace");
  }

  private Result mishap(String settings) throws IOException {
    trial.recipe(
        """
        recipe: mishap
        stages:
          bad: {uses: mishap, trace: TRACE, SETTINGS}
          apart: {uses: add, value: 5}
        """
            .replace("TRACE", trace.toString())
            .replace("SETTINGS", settings));
    return trial.run("--slots", "1");
  }

  private long attempts() throws IOException {
    return Files.readAllLines(trace).size();
  }

  @Test
  void aFailingFileSystemIsTriedAgainAsOftenAsTheRecipeSays() throws IOException {
    Result never = mishap("kind: broken-disk, retries: 0");
    assertThat(never.code()).isEqualTo(5);
    assertThat(never.err()).contains("bad failed: a file system failed: shard-7: input/output");
    assertThat(never.verdicts()).containsEntry("apart", "ran");
    assertThat(attempts()).isEqualTo(1);

    Result once = mishap("kind: broken-disk, retries: 1, times: 2");
    assertThat(once.code()).isZero();
    assertThat(once.err()).contains("retry   bad: a file system failed", "attempt 2 follows");
    assertThat(once.out()).contains("\"attempts\" : 2");
    assertThat(attempts()).isEqualTo(3);
  }

  @Test
  void theAttemptIsInNoKey() throws IOException {
    mishap("kind: broken-disk, times: 1");
    assertThat(mishap("kind: broken-disk, times: 0, retries: 7, timeout: 1h").verdicts())
        .containsEntry("bad", "cached");
  }

  @Test
  void whatAUserCanMendIsNotTriedAgain() throws IOException {
    assertThat(mishap("kind: fail, retries: 5").code()).isEqualTo(5);
    assertThat(attempts()).isEqualTo(1);
    assertThat(mishap("kind: full-disk, retries: 5").err())
        .contains("bad failed: no space left (model: no space left on device); free some");
    assertThat(attempts()).isEqualTo(2);
  }

  @Test
  void aStageThatDoesNotStopIsLeftBehindAfterItsTimeAndTheGrace() throws IOException {
    trial.environment.put("AMALGAM_GRACE", "0");

    Result result = mishap("kind: deaf, timeout: 1s");

    assertThat(result.code()).isEqualTo(5);
    assertThat(result.err())
        .contains("bad failed: took longer than its timeout of 1s (does not stop; it is left");
    assertThat(result.verdicts()).containsEntry("apart", "ran");
  }

  @Test
  void aWrongExecutorOrGraceIsAMistakeOfTheCommandLine() throws IOException {
    trial.recipe("recipe: one\nstages:\n  one: {uses: add, value: 1}\n");

    assertThat(trial.run("--executor", "cloud").code()).isEqualTo(2);
    assertThat(trial.run("--executor", "cloud").err()).contains("local or process");
    trial.environment.put("AMALGAM_GRACE", "soon");
    assertThat(trial.run().code()).isEqualTo(2);
  }
}
