package org.amalgam.runner.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.checkpoint.CheckpointMetadata;

/** The digests of what a checkpoint is made from, computed by a thread while it is made. */
final class ParentDigests {
  private static final Digest UNKNOWN = new Digest("0".repeat(64));

  private final SortedMap<String, Path> parents;
  private final FutureTask<SortedMap<String, Digest>> hashing;

  private ParentDigests(SortedMap<String, Path> parents) {
    this.parents = parents;
    this.hashing =
        new FutureTask<>(
            () -> {
              SortedMap<String, Digest> digests = new TreeMap<>();
              for (String role : parents.keySet()) {
                digests.put(role, CheckpointMetadata.digest(parents.get(role)));
              }
              return digests;
            });
  }

  /**
   * Begins to hash.
   *
   * @param parents files or folders by their roles
   */
  static ParentDigests begin(SortedMap<String, Path> parents) {
    ParentDigests digests = new ParentDigests(new TreeMap<>(parents));
    Thread thread = new Thread(digests.hashing, "parents");
    thread.setDaemon(true);
    thread.start();
    return digests;
  }

  /** Digests of the same length that stand for those that are not known yet. */
  SortedMap<String, Digest> placeholders() {
    SortedMap<String, Digest> digests = new TreeMap<>();
    parents.keySet().forEach(role -> digests.put(role, UNKNOWN));
    return digests;
  }

  /**
   * Waits for the digests.
   *
   * @throws StageFailure if one cannot be read any more
   */
  SortedMap<String, Digest> await() throws StageFailure, InterruptedException {
    try {
      return hashing.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw new StageFailure(
            "%s: cannot be read to the end any more, so that its digest is not known (%s)"
                .formatted(
                    String.join(", ", parents.values().stream().map(Path::toString).toList()), io),
            io);
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
