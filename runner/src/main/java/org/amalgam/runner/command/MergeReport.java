package org.amalgam.runner.command;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.function.Function;
import org.amalgam.runner.report.RunJson;
import org.amalgam.stages.merging.streaming.MergePlan;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.merging.streaming.OutputTensor;

/** What {@code amalgam merge} prints. */
record MergeReport(PrintStream out, OutputFormat format) {
  /** What would be done: every tensor, what is missing, and what is needed. */
  void plan(
      List<OutputTensor> tensors,
      Function<String, OptionalInt> layerOf,
      List<String> missing,
      MergePlan needs) {
    if (format == OutputFormat.json) {
      List<Object> rows = new ArrayList<>();
      for (OutputTensor tensor : tensors) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("name", tensor.name());
        row.put("dtype", tensor.info().dtype().name());
        row.put("shape", Arrays.stream(tensor.info().shape()).boxed().toList());
        layerOf.apply(tensor.name()).ifPresent(layer -> row.put("layer", layer));
        row.put("action", tensor.isCopy() ? "copied" : "merged");
        row.put("from", tensor.merge().operands().stream().map(Operand::name).toList());
        rows.add(row);
      }
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("tensors", rows);
      json.put("missing", missing);
      json.putAll(numbers(needs));
      out.print(RunJson.text(json));
      return;
    }
    int width = tensors.stream().mapToInt(t -> t.name().length()).max().orElse(0);
    for (OutputTensor tensor : tensors) {
      OptionalInt number = layerOf.apply(tensor.name());
      String layer = number.isPresent() ? "layer " + number.getAsInt() : "";
      out.printf(
          "%-" + width + "s  %-6s  %-8s  %s%s%n",
          tensor.name(),
          tensor.isCopy() ? "copied" : "merged",
          layer,
          tensor.info(),
          tensor.isCopy() ? "" : " from " + tensor.merge().operands().size());
    }
    missing.forEach(line -> out.println("missing: " + line));
    out.printf(
        "%n%d merged, %d copied, %d missing; reads %s, writes %s, needs %s of memory%n",
        tensors.size() - copies(tensors),
        copies(tensors),
        missing.size(),
        size(needs.read()),
        size(needs.written()),
        size(needs.memory()));
  }

  /** What was done. */
  void done(
      Path file,
      List<OutputTensor> tensors,
      MergePlan needs,
      Duration time,
      SortedMap<Integer, Duration> layers) {
    double seconds = time.toNanos() / 1e9;
    if (format == OutputFormat.json) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("output", file.toString());
      json.put("merged", tensors.size() - copies(tensors));
      json.put("copied", copies(tensors));
      json.put("seconds", seconds);
      Map<String, Object> perLayer = new LinkedHashMap<>();
      layers.forEach((layer, busy) -> perLayer.put(layer.toString(), busy.toNanos() / 1e9));
      json.put("layer_thread_seconds", perLayer);
      json.putAll(numbers(needs));
      out.print(RunJson.text(json));
      return;
    }
    layers.forEach(
        (layer, busy) -> {
          if (busy.toMillis() >= 1000) {
            out.printf("layer %d: %.1f thread-seconds%n", layer, busy.toMillis() / 1e3);
          }
        });
    out.printf(
        "%s: %d tensors merged, %d copied in %.2f s, %.2f GB/s read and written%n",
        file,
        tensors.size() - copies(tensors),
        copies(tensors),
        seconds,
        (needs.read() + needs.written()) / 1e9 / seconds);
  }

  private static Map<String, Object> numbers(MergePlan needs) {
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("bytes_read", needs.read());
    numbers.put("bytes_written", needs.written());
    numbers.put("bytes_of_memory", needs.memory());
    return numbers;
  }

  private static int copies(List<OutputTensor> tensors) {
    return (int) tensors.stream().filter(OutputTensor::isCopy).count();
  }

  private static String size(long bytes) {
    return bytes < 10_000_000 ? bytes / 1000 + " kB" : bytes / 1_000_000 + " MB";
  }
}
