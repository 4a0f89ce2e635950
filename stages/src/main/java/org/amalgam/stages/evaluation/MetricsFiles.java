package org.amalgam.stages.evaluation;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** Collects scores and writes {@code metrics.json}, {@code examples.csv} and predictions. */
final class MetricsFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path directory;
  private final List<String> examples = new ArrayList<>();
  private final Predictions predictions = new Predictions();

  MetricsFiles(Path directory) {
    this.directory = directory;
  }

  void example(String... cells) {
    examples.add(line(List.of(cells)));
  }

  /** The examples that are kept to look at. */
  Predictions predictions() {
    return predictions;
  }

  void write(SortedMap<String, Object> metrics, List<String> columns) throws IOException {
    Files.writeString(
        directory.resolve("metrics.json"),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(metrics) + "\n");
    Files.writeString(
        directory.resolve("examples.csv"),
        line(columns) + "\n" + String.join("\n", examples) + "\n");
    predictions.write(directory, String.valueOf(metrics.get("task")));
  }

  private static String line(List<String> cells) {
    return String.join(
        ",",
        cells.stream()
            .map(cell -> cell.matches("[^,\"\\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"')
            .toList());
  }
}
