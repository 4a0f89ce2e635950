package org.amalgam.stages.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.tensor.ShardedSafetensors;
import org.amalgam.stages.tensor.TensorInfo;

/**
 * The tensors of a folder, by the file that each goes to: one {@code model.safetensors}, or several
 * and an index. In the order of their names; a file is full when the next tensor does not fit.
 *
 * @param files file name to what it is to hold
 */
public record Shards(SortedMap<String, SortedMap<String, TensorInfo>> files) {
  /** Writes one file. */
  public interface FileWriter {
    void write(Path file, SortedMap<String, TensorInfo> tensors)
        throws IOException, StageFailure, InterruptedException;
  }

  public Shards {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /**
   * Distributes tensors.
   *
   * @param most bytes of tensors in a file; a larger tensor has a file for itself
   */
  public static Shards of(SortedMap<String, TensorInfo> tensors, long most) {
    List<SortedMap<String, TensorInfo>> groups = new ArrayList<>();
    groups.add(new TreeMap<>());
    long filled = 0;
    for (var tensor : tensors.entrySet()) {
      long size = tensor.getValue().byteSize();
      if (filled > 0 && size > most - filled) {
        groups.add(new TreeMap<>());
        filled = 0;
      }
      groups.get(groups.size() - 1).put(tensor.getKey(), tensor.getValue());
      filled += size;
    }
    SortedMap<String, SortedMap<String, TensorInfo>> files = new TreeMap<>();
    for (int i = 0; i < groups.size(); i++) {
      String name =
          groups.size() == 1
              ? TensorSources.WHOLE
              : "model-%05d-of-%05d.safetensors".formatted(i + 1, groups.size());
      files.put(name, groups.get(i));
    }
    return new Shards(files);
  }

  /**
   * Writes all files into a folder, each beside its place first; what was there before under the
   * same names is replaced once all are whole.
   */
  public void write(Path folder, FileWriter writer)
      throws IOException, StageFailure, InterruptedException {
    Files.createDirectories(folder);
    List<Path> parts = new ArrayList<>();
    boolean whole = false;
    try {
      for (var file : files.entrySet()) {
        Path part = folder.resolve(file.getKey() + ".part");
        parts.add(part);
        writer.write(part, file.getValue());
      }
      whole = true;
    } finally {
      if (!whole) {
        for (Path part : parts) {
          Files.deleteIfExists(part);
        }
      }
    }
    Files.deleteIfExists(folder.resolve(ShardedSafetensors.INDEX));
    Files.deleteIfExists(folder.resolve(TensorSources.WHOLE));
    for (String name : files.keySet()) {
      Files.move(
          folder.resolve(name + ".part"),
          folder.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
    if (files.size() > 1) {
      writeIndex(folder);
    }
  }

  private void writeIndex(Path folder) throws IOException {
    SortedMap<String, String> shardOf = new TreeMap<>();
    long bytes = 0;
    for (var file : files.entrySet()) {
      for (var tensor : file.getValue().entrySet()) {
        shardOf.put(tensor.getKey(), file.getKey());
        bytes += tensor.getValue().byteSize();
      }
    }
    ShardedSafetensors.writeIndex(folder.resolve(ShardedSafetensors.INDEX), shardOf, bytes);
  }
}
