package org.amalgam.stages.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.stages.tensor.ShardedSafetensors;
import org.amalgam.stages.tensor.TensorSource;
import org.jspecify.annotations.Nullable;

/** What the header of a checkpoint says of it beside {@code format}. */
public final class CheckpointMetadata {
  /** The key of the model's sizes: the text of its {@code config.json}. */
  public static final String CONFIG = "config";

  /** The key of what it was made from: a JSON object from roles to SHA-256 digests. */
  public static final String PARENTS = "parents";

  private CheckpointMetadata() {}

  /**
   * The texts of a new checkpoint.
   *
   * @param kept those of the checkpoint that it was made from, of which its own are replaced
   * @param config the text of {@code config.json}, if there is one
   * @param parents digests by role, such as {@code model} and {@code origin}
   */
  public static SortedMap<String, String> of(
      Map<String, String> kept, @Nullable String config, SortedMap<String, Digest> parents) {
    SortedMap<String, String> metadata = new TreeMap<>(kept);
    metadata.remove(CONFIG);
    metadata.remove(PARENTS);
    metadata.put("format", "pt");
    if (config != null) {
      metadata.put(CONFIG, config);
    }
    if (!parents.isEmpty()) {
      SortedMap<String, Object> digests = new TreeMap<>();
      parents.forEach((role, digest) -> digests.put(role, digest.hex()));
      metadata.put(PARENTS, CanonicalJson.write(digests));
    }
    return metadata;
  }

  /**
   * The SHA-256 of a file of tensors; of a folder that of its tensors' file, or of the texts {@code
   * NAME DIGEST} of its shards, a line each, in the order of their names.
   */
  public static Digest digest(Path path) throws IOException {
    Path file = path;
    if (Files.isDirectory(path)) {
      try (TensorSource source = TensorSources.open(path)) {
        file = source.path();
      }
    }
    if (!file.toString().endsWith(".json")) {
      return Digest.ofFile(file);
    }
    StringBuilder lines = new StringBuilder();
    try (ShardedSafetensors source = ShardedSafetensors.open(file)) {
      for (String shard : source.shards()) {
        Digest digest = Digest.ofFile(file.resolveSibling(shard));
        lines.append(shard).append(' ').append(digest).append('\n');
      }
    }
    return Digest.of(lines.toString());
  }
}
