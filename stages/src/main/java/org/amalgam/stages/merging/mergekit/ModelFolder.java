package org.amalgam.stages.merging.mergekit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.merging.streaming.Operand;
import org.amalgam.stages.tensor.SafetensorsException;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.jspecify.annotations.Nullable;

/** A folder with {@code model.safetensors}, or with its parts and their index; open for reading. */
final class ModelFolder implements AutoCloseable {
  private static final String WHOLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private final Path folder;
  private final SortedMap<String, SafetensorsFile> files = new TreeMap<>();
  private final SortedMap<String, SafetensorsFile> tensors = new TreeMap<>();

  private ModelFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Opens all its files.
   *
   * @throws StageFailure if there is neither file, or the index is none or names what is not there
   */
  static ModelFolder open(Path folder) throws IOException, StageFailure {
    ModelFolder model = new ModelFolder(folder);
    boolean opened = false;
    try {
      if (Files.exists(folder.resolve(WHOLE))) {
        SafetensorsFile file = model.file(WHOLE);
        file.names().forEach(name -> model.tensors.put(name, file));
      } else if (Files.exists(folder.resolve(INDEX))) {
        model.readIndex();
      } else {
        throw new StageFailure(folder + ": has neither " + WHOLE + " nor " + INDEX);
      }
      opened = true;
      return model;
    } finally {
      if (!opened) {
        model.close();
      }
    }
  }

  private SafetensorsFile file(String name) throws SafetensorsException {
    SafetensorsFile known = files.get(name);
    if (known != null) {
      return known;
    }
    SafetensorsFile file = SafetensorsFile.open(folder.resolve(name));
    files.put(name, file);
    return file;
  }

  private void readIndex() throws IOException, StageFailure {
    Path index = folder.resolve(INDEX);
    JsonNode map;
    try {
      map = new ObjectMapper().readTree(index.toFile()).path("weight_map");
    } catch (JsonProcessingException e) {
      throw new StageFailure(index + ": is not JSON: " + e.getOriginalMessage(), e);
    }
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String name = entry.getValue().asText();
      if (!name.matches("[A-Za-z0-9._-]+\\.safetensors")) {
        throw new StageFailure(index + ": " + entry.getKey() + " is in a file of an odd name");
      }
      SafetensorsFile part = file(name);
      part.info(entry.getKey());
      tensors.put(entry.getKey(), part);
    }
    if (tensors.isEmpty()) {
      throw new StageFailure(index + ": has no weight_map with tensors");
    }
  }

  Path folder() {
    return folder;
  }

  SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(tensors.keySet()));
  }

  /**
   * @throws StageFailure if there is no such tensor
   */
  Operand tensor(String name) throws StageFailure {
    SafetensorsFile file = tensors.get(name);
    if (file == null) {
      throw new StageFailure(
          folder
              + ": has no tensor "
              + name
              + ", which the other models have; models must be alike");
    }
    return new Operand(file, name);
  }

  @Override
  public void close() throws SafetensorsException {
    @Nullable SafetensorsException problem = null;
    for (SafetensorsFile file : files.values()) {
      try {
        file.close();
      } catch (SafetensorsException e) {
        problem = e;
      }
    }
    if (problem != null) {
      throw problem;
    }
  }
}
