package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.Iterables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.runner.Trial.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ProcessExecutorTest {
  @TempDir Path directory = Path.of("");
  private Trial trial = new Trial(directory);
  private Path trace = directory;

  @BeforeEach
  void newTrial() {
    trial = new Trial(directory);
    trace = directory.resolve("trace");
  }

  private Result run(String... more) {
    return trial.run(
        Stream.concat(Stream.of("--executor", "process"), Stream.of(more)).toArray(String[]::new));
  }

  private void mishap(String settings) throws IOException {
    trial.recipe(
        """
        recipe: mishap
        stages:
          bad: {uses: mishap, trace: TRACE, SETTINGS}
          after: {uses: add, value: 1, to: "${bad}"}
          apart: {uses: add, value: 5}
        """
            .replace("TRACE", trace.toString())
            .replace("SETTINGS", settings));
  }

  private List<String> attempts() throws IOException {
    return Files.readAllLines(trace);
  }

  private long recordedAttempts(Result result, String point) {
    Map<?, ?> run = (Map<?, ?>) CanonicalJson.parse(result.out());
    for (Object stage : (List<?>) Objects.requireNonNull(run.get("stages"))) {
      Map<?, ?> one = (Map<?, ?>) stage;
      if (point.equals(one.get("point"))) {
        return (Long) Objects.requireNonNull(one.get("attempts"));
      }
    }
    throw new AssertionError("no point " + point);
  }

  @Test
  void keysAndBitsAreThoseOfTheRunnerItself() throws IOException {
    trial.recipe(
        """
        recipe: same
        replicates: 2
        stages:
          a: {uses: add, value: 0.1, steps: 3}
          b: {uses: noisy, value: {each: [1e-7, 123456789.125]}}
          c: {uses: add, value: -3, to: ["${a}", "${b}"], one: "${a}"}
        """);

    Result here = trial.run("--store", "here");
    Result there = run("--store", "there");

    assertThat(here.code()).isZero();
    assertThat(there.verdicts()).isEqualTo(here.verdicts()).hasSize(6);
    assertThat(trial.index("there")).isEqualTo(trial.index("here")).hasSize(6);
    assertThat(run("--store", "here").verdicts().values()).containsOnly("cached");
  }

  @Test
  void oneWorkerComputesOneStageAfterTheOtherAndOutlivesWhatAUserCanMend() throws IOException {
    trial.recipe(
        """
        recipe: reuse
        stages:
          a: {uses: mishap, trace: TRACE}
          b: {uses: mishap, trace: TRACE, kind: fail, retries: 5}
          c: {uses: mishap, trace: TRACE, kind: kill, times: 0}
        """
            .replace("TRACE", trace.toString()));

    Result result = run("--slots", "1");

    assertThat(result.code()).isEqualTo(5);
    assertThat(result.verdicts().values()).containsExactly("ran", "failed", "ran");
    assertThat(result.err())
        .contains("b failed: no such luck; try another number")
        .doesNotContain("\tat ");
    assertThat(attempts()).hasSize(3).doesNotContain("" + ProcessHandle.current().pid());
    assertThat(attempts().stream().distinct()).hasSize(1);
  }

  @Test
  void aKilledWorkerIsReplacedAndItsStageTriedAgain() throws IOException {
    mishap("kind: kill, times: 1");

    Result result = run();

    assertThat(result.code()).isZero();
    assertThat(result.verdicts().values()).containsOnly("ran");
    assertThat(recordedAttempts(result, "bad")).isEqualTo(2);
    assertThat(recordedAttempts(result, "apart")).isEqualTo(1);
    assertThat(result.err()).containsPattern("worker \\d+ died: killed.*attempt 2 follows");
  }

  @Test
  void aStageThatKillsEveryWorkerFailsAloneWhenItsRetriesAreSpent() throws IOException {
    mishap("kind: kill, retries: 1");

    Result result = run();

    assertThat(result.code()).isEqualTo(5);
    assertThat(attempts()).hasSize(2);
    assertThat(result.verdicts())
        .containsEntry("bad", "failed")
        .containsEntry("after", "blocked")
        .containsEntry("apart", "ran");
    assertThat(result.err()).contains("killed", "tried 2 times", "log: ");
  }

  @Test
  void wantOfHeapIsTriedAgainWithMoreMemoryAndThenFailsWithAdvice() throws IOException {
    mishap("kind: exhaust, retries: 1, resources: {memory: 300MiB}");

    Result result = run();

    assertThat(result.code()).isEqualTo(5);
    assertThat(attempts()).hasSize(2);
    assertThat(result.err())
        .contains("out of memory", "attempt 2 follows with 0.6 GiB of memory")
        .contains("give the stage more (resources: {memory: ...})");
    assertThat(result.verdicts()).containsEntry("apart", "ran");
  }

  @Test
  void useOfMoreThanTheRecipeGrantsEndsTheAttempt() throws IOException {
    mishap("kind: fill, resources: {memory: 130MiB}");

    Result result = run();

    assertThat(result.code()).isZero();
    assertThat(result.err())
        .containsPattern("used 0.. GiB of the 0.1 GiB of memory.*attempt 2 follows with 0.3 GiB");
    assertThat(recordedAttempts(result, "bad")).isGreaterThan(1);
  }

  @Test
  void aStageThatDoesNotStopIsKilledAfterItsTimeAndTheGrace() throws IOException {
    trial.environment.put("AMALGAM_GRACE", "0");
    mishap("kind: deaf, timeout: 1s");

    Result result = run();

    assertThat(result.code()).isEqualTo(5);
    assertThat(result.err()).contains("bad failed: took longer than its timeout of 1s", "killed");
    assertThat(result.verdicts()).containsEntry("apart", "ran");
  }

  @Test
  void whatADeadWorkerLeftRunningIsEnded() throws IOException {
    mishap("kind: orphan, times: 1");

    Result result = run();

    assertThat(result.code()).isZero();
    String orphan = Files.readString(Path.of(trace + ".orphan")).strip();
    // A zombie, where nobody collects orphans, runs no more.
    Path status = Path.of("/proc", orphan, "status");
    assertThat(Files.exists(status) ? Files.readString(status) : "Z (zombie)")
        .contains("Z (zombie)");
  }

  @Test
  void theWorkersOfAKilledRunnerEndThemselves() throws Exception {
    mishap("kind: deaf");
    Process runner = trial.child("run", "recipe.yaml", "--executor", "process");
    ProcessHandle worker = awaitWorker();

    runner.destroyForcibly().waitFor();

    worker.onExit().get(30, TimeUnit.SECONDS);
    mishap("kind: deaf, times: 0");
    Result next = run();
    assertThat(next.code()).isZero();
    assertThat(next.verdicts()).containsEntry("bad", "ran");
    assertThat(trial.store().verify()).isEmpty();
  }

  @Test
  void aSecondSignalEndsWorkersAtOnce() throws Exception {
    mishap("kind: deaf");
    Process runner = trial.child("run", "recipe.yaml", "--executor", "process");
    ProcessHandle worker = awaitWorker();

    runner.destroy();
    while (!trial.printed().contains("cancelling")) {
      Thread.sleep(10);
    }
    assertThat(worker.isAlive()).isTrue();
    runner.destroy();

    assertThat(runner.waitFor()).isEqualTo(130);
    worker.onExit().get(30, TimeUnit.SECONDS);
  }

  @Test
  void aSignalToTheWholeGroupLeavesTheRunnerInCharge() throws Exception {
    trial.recipe(
        """
        recipe: slow
        stages:
          slow: {uses: add, value: 2, steps: 100000, pause: 20, trace: TRACE}
        """
            .replace("TRACE", trace.toString()));
    Process runner = trial.child("run", "recipe.yaml", "--executor", "process");
    while (!Files.exists(trace)) {
      Thread.sleep(10);
    }
    ProcessHandle worker = Iterables.getOnlyElement(runner.descendants().toList());
    for (String signal : List.of("-INT", "-HUP", "-TERM")) {
      assertThat(new ProcessBuilder("kill", signal, "" + worker.pid()).start().waitFor()).isZero();
    }
    assertThat(new ProcessBuilder("kill", "-HUP", "" + runner.pid()).start().waitFor()).isZero();

    assertThat(runner.waitFor()).isEqualTo(130);
    assertThat(trial.printed()).contains("cancelled slow").doesNotContain("killed");
    assertThat(worker.isAlive()).isFalse();
  }

  private ProcessHandle awaitWorker() throws IOException, InterruptedException {
    while (!Files.exists(trace) || attempts().isEmpty()) {
      Thread.sleep(10);
    }
    return ProcessHandle.of(Long.parseLong(attempts().get(0))).orElseThrow();
  }

  @Test
  void aJobFileAloneIsEnoughToComputeAndTheExitFileTellsTheResult() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("job"));
    Path output = Files.createDirectory(directory.resolve("output"));
    String job =
        """
        {"schema": 1, "point": "bad", "uses": "mishap", "inputs": {}, "seed": 0, "attempt": 3,
         "settings": {"kind": "none", "number": 0, "times": 0, "trace": "%1$s/trace"},
         "device": "cpu", "precision": "f32", "threads": 1, "key": "%2$s",
         "store": "%1$s/.amalgam/store", "output": "%1$s/output",
         "scratch": "%1$s", "log": "%1$s/log"}
        """
            .formatted(directory, "ab".repeat(32));
    Files.writeString(folder.resolve("job.json"), job);

    assertThat(trial.child("exec", "job/job.json").waitFor()).isZero();

    assertThat(Files.readString(folder.resolve("exit.json")))
        .contains("\"ending\": \"done\"", "\"attempt\": 3", "ab".repeat(32));
    assertThat(folder.resolve("progress.json")).exists();
    assertThat(Files.readString(output.resolve("number"))).isEqualTo("7.0");
    assertThat(trial.store().find(new Digest("ab".repeat(32)))).isEmpty();

    Files.writeString(
        folder.resolve("job.json"),
        job.replace("none", "fail").replace("\"times\": 0", "\"times\": 99"));
    assertThat(trial.child("exec", "job/job.json").waitFor()).isEqualTo(5);
    assertThat(Files.readString(folder.resolve("exit.json")))
        .contains("\"ending\": \"user\"", "no such luck");

    Files.writeString(folder.resolve("job.json"), "{}");
    assertThat(trial.execute("exec", "job/job.json").code()).isEqualTo(2);
    assertThat(trial.execute("exec", "job/job.json").err()).contains("is no job");
  }

  @Test
  void aWishBeyondTheMachineIsToldBeforeAnythingRuns() throws IOException {
    trial.environment.put("CUDA_VISIBLE_DEVICES", "0");
    mishap("resources: {gpus: 2}");
    Result gpus = run();
    mishap("resources: {memory: 900TiB}");
    Result memory = run();

    assertThat(gpus.code()).isEqualTo(3);
    assertThat(gpus.err()).contains("the stage bad asks for 2 GPUs; this machine has a GPU");
    assertThat(trial.execute("plan", "recipe.yaml").err())
        .contains("warning: the stage bad asks for 921600.0 GiB of memory");
    assertThat(memory.code()).isEqualTo(3);
    assertThat(memory.err()).contains("the stage bad asks for 921600.0 GiB of memory");
    assertThat(trace).doesNotExist();
  }

  @Test
  void eachStageSeesTheGpusThatItWasGiven() throws IOException {
    trial.environment.put("CUDA_VISIBLE_DEVICES", "4,7,8");
    mishap("kind: devices, resources: {gpus: 1}, number: {each: [1, 2]}");
    assertThat(run().code()).isZero();
    mishap("kind: devices, resources: {gpus: 3}, number: 3");
    assertThat(run("bad").code()).isZero();

    List<String> seen = Files.readAllLines(Path.of(trace + ".gpus"));
    assertThat(seen).hasSize(3);
    assertThat(seen.subList(0, 2)).isSubsetOf("4", "7", "8");
    assertThat(seen.get(2)).isEqualTo("4,7,8");
  }

  @Test
  void failFastAndMaxFailuresHoldForWorkersToo() throws IOException {
    trial.recipe(
        """
        recipe: grid
        stages:
          bad: {uses: fail, bug: {each: [false, true]}}
          good: {uses: add, value: {each: [1, 2]}}
        """);

    assertThat(run("--slots", "1").verdicts().values())
        .containsExactly("failed", "failed", "ran", "ran");
    assertThat(run("--slots", "1", "--fail-fast", "--store", "other").verdicts().values())
        .containsExactly("failed", "cancelled", "cancelled", "cancelled");
    assertThat(run("--slots", "1", "--max-failures", "2", "--store", "other").verdicts().values())
        .containsExactly("failed", "failed", "cancelled", "cancelled");
  }
}
