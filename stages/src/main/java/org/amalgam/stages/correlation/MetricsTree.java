package org.amalgam.stages.correlation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageFailure;

/** The {@code metrics.json} of an artifact: numbers at dotted paths. */
final class MetricsTree {
  private static final String FILE = "metrics.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode root;
  private final Path file;

  private MetricsTree(ObjectNode root, Path file) {
    this.root = root;
    this.file = file;
  }

  static MetricsTree empty() {
    return new MetricsTree(JSON.createObjectNode(), Path.of(FILE));
  }

  static MetricsTree of(Input input) throws IOException, StageFailure {
    Path file = input.directory().resolve(FILE);
    try {
      if (JSON.readTree(Files.readString(file)) instanceof ObjectNode tree) {
        return new MetricsTree(tree, file);
      }
      throw new StageFailure(file + ": is not a JSON object");
    } catch (JsonProcessingException e) {
      throw new StageFailure(file + ": is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * The number at a path such as {@code v-l.tssd}.
   *
   * @throws StageFailure if there is none
   */
  double number(String path) throws StageFailure {
    JsonNode node = root;
    for (String name : path.split("\\.", -1)) {
      node = node.path(name);
    }
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw new StageFailure(file + ": has no number " + path);
    }
    return node.doubleValue();
  }

  /**
   * Sets the number at a path.
   *
   * @throws StageFailure if something else stands there
   */
  void put(String path, double value) throws StageFailure {
    ObjectNode node = root;
    String[] names = path.split("\\.", -1);
    for (int i = 0; i < names.length - 1; i++) {
      JsonNode inner = node.path(names[i]);
      if (!inner.isMissingNode() && !inner.isObject()) {
        throw new StageFailure(path + ": " + names[i] + " is a number already");
      }
      node = inner instanceof ObjectNode there ? there : node.putObject(names[i]);
    }
    String last = names[names.length - 1];
    if (node.has(last)) {
      throw new StageFailure(path + ": the metrics have that name already");
    }
    node.put(last, value);
  }

  void write(Path directory) throws IOException {
    Files.writeString(
        directory.resolve(FILE),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n");
  }
}
