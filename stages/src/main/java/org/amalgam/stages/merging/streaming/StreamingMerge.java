package org.amalgam.stages.merging.streaming;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.amalgam.pipelines.stage.Progress;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.tensor.LaidOutSafetensors;
import org.amalgam.stages.tensor.TensorInfo;

/**
 * Writes a file of which every tensor is made from tensors of open files. Tensors are made in
 * parallel and each goes straight to its final place, so the bytes do not depend on the number of
 * threads, and no more is held than the running tensors need.
 */
public final class StreamingMerge {
  private StreamingMerge() {}

  /**
   * Makes all tensors.
   *
   * @param file created or replaced; deleted again if anything fails
   * @return how long a thread was busy with each tensor
   */
  public static SortedMap<String, Duration> write(
      Path file,
      List<OutputTensor> tensors,
      Map<String, String> metadata,
      Workers workers,
      Progress progress)
      throws IOException, StageFailure, InterruptedException {
    SortedMap<String, OutputTensor> byName = new TreeMap<>();
    SortedMap<String, TensorInfo> infos = new TreeMap<>();
    for (OutputTensor tensor : tensors) {
      byName.put(tensor.name(), tensor);
      infos.put(tensor.name(), tensor.info());
    }
    List<OutputTensor> inOrder = new ArrayList<>();
    for (String name : LaidOutSafetensors.order(infos)) {
      OutputTensor tensor = byName.get(name);
      if (tensor != null) {
        inOrder.add(tensor);
      }
    }
    SortedMap<String, Duration> times = Collections.synchronizedSortedMap(new TreeMap<>());
    Queue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();
    try (LaidOutSafetensors output = LaidOutSafetensors.create(file, infos, metadata)) {
      workers.run(
          inOrder,
          tensor -> tensor.merge().memory(),
          tensor -> {
            long began = System.nanoTime();
            make(tensor, output, buffers);
            times.put(tensor.name(), Duration.ofNanos(System.nanoTime() - began));
          },
          progress,
          "tensor");
      output.complete();
    }
    return times;
  }

  private static void make(
      OutputTensor tensor, LaidOutSafetensors output, Queue<ByteBuffer> buffers)
      throws IOException, StageFailure {
    ByteBuffer free = buffers.poll();
    ByteBuffer buffer =
        free == null
            ? ByteBuffer.allocateDirect(Pieces.LENGTH * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN)
            : free;
    TensorSink sink = new TensorSink(output, tensor, buffer);
    tensor.merge().run(sink);
    sink.complete();
    buffers.add(buffer);
  }
}
