package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.checkpoint.Shards;
import org.amalgam.stages.tensor.TensorInfo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a command writes a checkpoint, and in how many files. */
final class OutputOptions {
  @Option(
      names = {"-o", "--out"},
      paramLabel = "OUT",
      description = "what to write: a .safetensors file or a folder")
  private @Nullable String out;

  @Option(
      names = "--shard-size",
      paramLabel = "BYTES",
      description = "bytes of a file of a folder at most; by default one file holds all")
  private long shardSize = Long.MAX_VALUE;

  @Option(names = "--force", description = "replace OUT if it exists")
  private boolean force;

  @Option(
      names = "--no-parents",
      description =
          "leave the SHA-256 of what OUT is made from out of its header, which saves hashing it")
  private boolean noParents;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  boolean parents() {
    return !noParents;
  }

  /** The place, once it is known to be free. */
  CheckpointPath path(Surroundings surroundings) {
    if (out == null) {
      throw wrong("-o OUT is missing");
    }
    if (shardSize < 1) {
      throw wrong("--shard-size must be positive");
    }
    CheckpointPath path = CheckpointPath.toWrite(surroundings.resolve(out));
    if (shardSize < Long.MAX_VALUE && !path.isFolder()) {
      throw wrong("--shard-size is for a folder, " + out + " is one file");
    }
    Path existing = path.existing();
    if (existing != null && !force) {
      throw wrong(existing + " exists; name another place or add --force");
    }
    return path;
  }

  /** Writes beside the target and renames, so that there is a whole checkpoint or none. */
  void write(CheckpointPath to, SortedMap<String, TensorInfo> tensors, Shards.FileWriter writer)
      throws IOException, StageFailure, InterruptedException {
    if (to.isFolder()) {
      Shards.of(tensors, shardSize).write(to.weights(), writer);
      return;
    }
    NewFile.write(
        to.weights(),
        part -> {
          writer.write(part, tensors);
          return part;
        });
  }

  private ParameterException wrong(String message) {
    CommandSpec spec = command;
    if (spec == null) {
      throw new IllegalStateException("options are used only after parsing");
    }
    return new ParameterException(spec.commandLine(), message);
  }
}
