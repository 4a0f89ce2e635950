package org.amalgam.stages.merging.streaming;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.amalgam.stages.tensor.TensorInfo;

/**
 * What a merge would read, hold and write, told from headers alone.
 *
 * @param read bytes of all tensors that it is made from, each counted once
 * @param written bytes of all tensors of the result
 * @param memory heap that is needed at once at most, in bytes
 */
public record MergePlan(long read, long written, long memory) {
  /** Adds up what the tensors need with so many threads. */
  public static MergePlan of(List<OutputTensor> tensors, Workers workers) throws IOException {
    SortedSet<String> seen = new TreeSet<>();
    long read = 0;
    for (OutputTensor tensor : tensors) {
      for (Operand operand : tensor.merge().operands()) {
        if (seen.add(operand.file().path() + "\n" + operand.name())) {
          read += operand.info().byteSize();
        }
      }
    }
    long written = tensors.stream().map(OutputTensor::info).mapToLong(TensorInfo::byteSize).sum();
    long most =
        tensors.stream()
            .map(tensor -> tensor.merge().memory())
            .sorted(Comparator.reverseOrder())
            .limit(workers.threads())
            .mapToLong(Long::longValue)
            .sum();
    long largest = tensors.stream().mapToLong(tensor -> tensor.merge().memory()).max().orElse(0);
    return new MergePlan(read, written, Math.max(largest, Math.min(most, workers.memory())));
  }
}
