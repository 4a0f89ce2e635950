package org.amalgam.stages.tensor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Several safetensors files in one folder and the index that says which tensor is in which. */
public final class ShardedSafetensors implements TensorSource {
  /** The usual name of an index. */
  public static final String INDEX = "model.safetensors.index.json";

  private static final String MAP = "weight_map";

  /** A plain name: an index cannot lead out of its folder. */
  private static final Pattern SHARD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*\\.safetensors");

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path index;
  private final SortedMap<String, SafetensorsFile> shards = new TreeMap<>();
  private final SortedMap<String, SafetensorsFile> tensors = new TreeMap<>();

  private ShardedSafetensors(Path index) {
    this.index = index;
  }

  /**
   * Opens all files that an index names, and checks that they hold the tensors that it names and no
   * others.
   *
   * @throws TensorFileException if the index is missing or unsound, or a file of it is
   */
  public static ShardedSafetensors open(Path index) throws TensorFileException {
    ShardedSafetensors source = new ShardedSafetensors(index);
    boolean opened = false;
    try {
      source.read();
      opened = true;
      return source;
    } finally {
      if (!opened) {
        source.close();
      }
    }
  }

  private void read() throws TensorFileException {
    for (Map.Entry<String, JsonNode> entry : weightMap().properties()) {
      String name = entry.getKey();
      String shard = entry.getValue().isTextual() ? entry.getValue().textValue() : "";
      if (!SHARD.matcher(shard).matches()) {
        throw new TensorFileException(
            index, name + " is said to be in " + entry.getValue() + ", no plain .safetensors name");
      }
      SafetensorsFile file = shards.get(shard);
      if (file == null) {
        file = SafetensorsFile.open(index.resolveSibling(shard));
        shards.put(shard, file);
      }
      if (!file.contains(name)) {
        throw new TensorFileException(index, name + " is said to be in " + shard + ", but is not");
      }
      tensors.put(name, file);
    }
    for (Map.Entry<String, SafetensorsFile> shard : shards.entrySet()) {
      for (String name : shard.getValue().names()) {
        if (tensors.get(name) != shard.getValue()) {
          throw new TensorFileException(
              index, shard.getKey() + " holds " + name + " too, which is not said");
        }
      }
    }
    if (tensors.isEmpty()) {
      throw new TensorFileException(index, MAP + " names no tensor");
    }
  }

  private JsonNode weightMap() throws TensorFileException {
    try {
      if (Files.size(index) > SafetensorsHeader.MAX_BYTES) {
        throw new TensorFileException(
            index, "has more than " + SafetensorsHeader.MAX_BYTES + " bytes; is it an index?");
      }
      JsonNode map = JSON.readTree(Files.readAllBytes(index)).path(MAP);
      if (!map.isObject()) {
        throw new TensorFileException(index, "has no object " + MAP);
      }
      return map;
    } catch (JsonProcessingException e) {
      throw new TensorFileException(index, "is not JSON: " + e.getOriginalMessage(), e);
    } catch (NoSuchFileException e) {
      throw new TensorFileException(index, "there is no such file", e);
    } catch (TensorFileException e) {
      throw e;
    } catch (IOException e) {
      throw new TensorFileException(index, "cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Writes an index.
   *
   * @param shardOf the file name of the shard of each tensor
   * @param bytes of all tensors together
   */
  public static void writeIndex(Path index, SortedMap<String, String> shardOf, long bytes)
      throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.putObject("metadata").put("total_size", bytes);
    ObjectNode map = json.putObject(MAP);
    shardOf.forEach(map::put);
    Files.writeString(index, json.toPrettyString() + "\n");
  }

  /** The names of the files. */
  public SortedSet<String> shards() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(shards.keySet()));
  }

  @Override
  public Path path() {
    return index;
  }

  @Override
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(tensors.keySet()));
  }

  @Override
  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  /** The texts of all files; where they differ, the first file's. */
  @Override
  public SortedMap<String, String> metadata() {
    SortedMap<String, String> metadata = new TreeMap<>();
    shards.values().forEach(shard -> shard.metadata().forEach(metadata::putIfAbsent));
    return Collections.unmodifiableSortedMap(metadata);
  }

  @Override
  public TensorInfo info(String name) throws TensorFileException {
    return shard(name).info(name);
  }

  @Override
  public ByteBuffer bytes(String name, long offset, long length) throws TensorFileException {
    return shard(name).bytes(name, offset, length);
  }

  private SafetensorsFile shard(String name) throws TensorFileException {
    SafetensorsFile shard = tensors.get(name);
    if (shard == null) {
      throw new TensorFileException(index, "has no tensor " + name);
    }
    return shard;
  }

  @Override
  public void close() throws TensorFileException {
    TensorFileException problem = null;
    for (SafetensorsFile shard : shards.values()) {
      try {
        shard.close();
      } catch (TensorFileException e) {
        problem = e;
      }
    }
    if (problem != null) {
      throw problem;
    }
  }
}
