package org.amalgam.stages.merging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.expert.ExpertLayout;
import org.amalgam.stages.expert.ExpertSlot;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.amalgam.stages.tensor.TensorInfo;

/**
 * Merges a checkpoint tensor by tensor: places are merged in parallel and written in the order of
 * their names, so that the bytes do not depend on the number of threads and the memory holds a few
 * tensors a thread. What is shared already is copied bit for bit; what is merged becomes F32.
 */
public final class Merge {
  private static final long PIECE = 1L << 26;

  private final MergeMethod method;
  private final MergeInputs inputs;
  private final int threads;
  private final Progress progress;

  /**
   * @param threads at least 1
   */
  public Merge(MergeMethod method, MergeInputs inputs, int threads, Progress progress) {
    this.method = method;
    this.inputs = inputs;
    this.threads = threads;
    this.progress = progress;
  }

  /**
   * Writes the merged weights as a new file.
   *
   * @throws StageFailure if the inputs lack what the method needs; no file is left
   */
  public void write(Path file) throws IOException, StageFailure, InterruptedException {
    SafetensorsFile model = inputs.model();
    ExpertLayout layout = ExpertLayout.of(model);
    SortedMap<String, TensorInfo> infos = new TreeMap<>();
    for (String name : layout.shared()) {
      infos.put(name, model.info(name));
    }
    for (ExpertSlot slot : layout.slots().values()) {
      infos.put(slot.name(), new TensorInfo(DType.F32, slot.info().shape()));
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, infos, model.metadata())) {
      Queue<Future<float[]>> ahead = new ArrayDeque<>();
      List<ExpertSlot> slots = new ArrayList<>(layout.slots().values());
      int submitted = 0;
      int done = 0;
      for (String name : writer.names()) {
        if (layout.slots().containsKey(name)) {
          for (; submitted < slots.size() && ahead.size() < threads + 1; submitted++) {
            ExpertSlot slot = slots.get(submitted);
            ahead.add(pool.submit(() -> merged(slot)));
          }
          writer.write(name, result(ahead.remove()));
        } else {
          copy(name, writer);
        }
        progress.at(++done, infos.size(), "tensor");
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private float[] merged(ExpertSlot slot) throws IOException, StageFailure {
    float[] merged = method.merge(slot, inputs);
    for (float value : merged) {
      if (!Float.isFinite(value)) {
        throw new StageFailure(
            "%s: merging %s gives %s; look for infinite or missing numbers in its experts"
                .formatted(inputs.model().path(), slot.name(), value));
      }
    }
    return merged;
  }

  private static float[] result(Future<float[]> future)
      throws IOException, StageFailure, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException problem) {
        throw problem;
      }
      if (e.getCause() instanceof StageFailure failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void copy(String name, SafetensorsWriter writer) throws IOException {
    long size = inputs.model().info(name).byteSize();
    for (long at = 0; at < size; at += PIECE) {
      writer.write(name, inputs.model().bytes(name, at, Math.min(PIECE, size - at)));
    }
  }
}
