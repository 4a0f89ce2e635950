package org.amalgam.stages.merging.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.amalgam.stages.tensor.TensorInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamingMergeTest {
  /** More than two pieces, and not a whole number of them. */
  private static final int LONG = 2 * Pieces.LENGTH + 77;

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  @SuppressWarnings("NullAway.Init") // opened before each test
  private SafetensorsFile source;

  @BeforeEach
  void open() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    for (String name : List.of("a", "b", "c", "d")) {
      float[] values = new float[LONG];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (random.nextDouble() - 0.5);
      }
      tensors.put(name, HostTensor.ofFloats(values, LONG));
    }
    tensors.put("ids", HostTensor.ofLongs(new long[] {1, -2, 3}, 3));
    tensors.put("infinite", HostTensor.ofFloats(new float[] {1, Float.POSITIVE_INFINITY}, 2));
    tensors.put("nothing", HostTensor.ofFloats(new float[0], 0));
    SafetensorsWriter.write(directory.resolve("source"), tensors, Map.of());
    source = SafetensorsFile.open(directory.resolve("source"));
  }

  @AfterEach
  void close() throws IOException {
    source.close();
  }

  private Operand operand(String name) {
    return new Operand(source, name);
  }

  private OutputTensor sum(String name, DType type, double... weights) {
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      operands.add(operand(List.of("a", "b", "c", "d").get(i)));
    }
    return new OutputTensor(
        name, TensorInfo.of(type, LONG), Combination.weighted(operands, weights));
  }

  private OutputTensor copy(String name) throws IOException {
    return new OutputTensor(name, source.info(name), new BitCopy(operand(name)));
  }

  private Path write(int threads, List<OutputTensor> tensors) throws Exception {
    Path file = directory.resolve("merged-" + threads);
    StreamingMerge.write(
        file, tensors, Map.of("k", "v"), new Workers(threads, 1 << 24), Progress.SILENT);
    return file;
  }

  @Test
  void everyTensorIsWhatASlowSumGivesWhateverItsTypeAndTheNumberOfThreads() throws Exception {
    List<OutputTensor> tensors =
        List.of(
            copy("ids"),
            copy("nothing"),
            copy("d"),
            sum("two", DType.F32, 0.25, -3),
            sum("three", DType.BF16, 0.5, 0.25, 2),
            sum("four", DType.F16, 1, 0.5, 0.25, 0.125),
            sum("one", DType.F64, 2));
    byte[] bytes = Files.readAllBytes(write(1, tensors));
    for (int threads : new int[] {2, 5}) {
      assertThat(Files.readAllBytes(write(threads, tensors))).isEqualTo(bytes);
    }
    try (SafetensorsFile merged = SafetensorsFile.open(directory.resolve("merged-1"))) {
      assertThat(merged.metadata()).containsEntry("k", "v").containsEntry("format", "pt");
      for (String name : List.of("ids", "nothing", "d")) {
        assertThat(merged.bytes(name)).as(name).isEqualTo(source.bytes(name));
      }
      float[] a = source.floats("a");
      float[] b = source.floats("b");
      float[] c = source.floats("c");
      float[] d = source.floats("d");
      float[] two = new float[LONG];
      float[] one = new float[LONG];
      for (int i = 0; i < LONG; i++) {
        two[i] = 0.25f * a[i] + -3f * b[i];
        one[i] = 2 * a[i];
      }
      assertThat(merged.floats("two")).isEqualTo(two);
      assertThat(merged.floats("one")).isEqualTo(one);
      float[] three = merged.floats("three");
      float[] four = merged.floats("four");
      for (int i = 0; i < LONG; i += 61) {
        float sum = 0.5f * a[i] + 0.25f * b[i] + 2f * c[i];
        assertThat(Math.abs(three[i] - sum)).isLessThanOrEqualTo(Math.abs(sum) / 256);
        sum = a[i] + 0.5f * b[i] + 0.25f * c[i] + 0.125f * d[i];
        assertThat(Math.abs(four[i] - sum))
            .isLessThanOrEqualTo(Math.max(Math.abs(sum) / 2048, 0x1p-25f));
      }
    }
  }

  @Test
  void runningTasksNeverNeedMoreThanIsAllowed() throws Exception {
    AtomicLong running = new AtomicLong();
    AtomicLong most = new AtomicLong();
    Workers workers = new Workers(4, 100 << 12);
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      sizes.add(1 + i * 37 % 70);
    }
    workers.run(
        sizes,
        size -> (long) size << 12,
        size -> {
          most.accumulateAndGet(running.addAndGet(size), Math::max);
          Thread.onSpinWait();
          running.addAndGet(-size);
        },
        Progress.SILENT,
        "task");
    assertThat(most.get()).isBetween(70L, 100L);
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(
            () -> workers.run(List.of(1), size -> 1L << 30, s -> {}, Progress.SILENT, "tensor"))
        .withMessage(
            "one tensor needs 1024 MiB of memory at once, but 0 MiB are allowed; raise the memory"
                + " setting, and -Xmx with it");
  }

  @Test
  void afterAFailureNothingIsStartedAndNoFileIsLeft() throws Exception {
    AtomicInteger begun = new AtomicInteger();
    List<Integer> tasks = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      tasks.add(i);
    }
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(
            () ->
                new Workers(1, 1 << 20)
                    .run(
                        tasks,
                        task -> 1,
                        task -> {
                          begun.incrementAndGet();
                          if (task == 3) {
                            throw new StageFailure("three");
                          }
                        },
                        Progress.SILENT,
                        "task"))
        .withMessage("three");
    assertThat(begun).hasValue(4);
    OutputTensor broken =
        new OutputTensor(
            "infinite",
            TensorInfo.of(DType.F32, 2),
            Combination.weighted(List.of(operand("infinite")), 1));
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(() -> write(2, List.of(copy("a"), broken)))
        .withMessageStartingWith(directory.resolve("source") + ": merging infinite gives Infinity");
    assertThat(directory.resolve("merged-2")).doesNotExist();
  }
}
