package org.amalgam.pipelines.stage;

import java.nio.file.Path;

/** What a running stage is given. */
public interface StageContext {
  /** An empty directory; what is in it when the stage returns is the artifact. */
  Path output();

  /** A directory that outlives a killed attempt, for checkpoints. Not part of the artifact. */
  Path scratch();

  /** The seed of this point: the recipe's, or derived from it for a replicate. */
  long seed();

  Environment environment();

  Progress progress();

  /** Writes a line to the stage's log. */
  void log(String line);
}
