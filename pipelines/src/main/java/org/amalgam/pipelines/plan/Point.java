package org.amalgam.pipelines.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Environment;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageContext;
import org.amalgam.pipelines.stage.StageType;

/** One node of a plan: a stage at one value of each of its dimensions. */
public final class Point {
  /** {@code merged[alpha=0.75]}; the bare stage name where it has no dimensions. */
  public String name() {
    throw new UnsupportedOperationException("STUB");
  }

  public String stage() {
    throw new UnsupportedOperationException("STUB");
  }

  /** Dimension name to label, sorted by name. */
  public SortedMap<String, String> dimensions() {
    throw new UnsupportedOperationException("STUB");
  }

  public StageType<?> type() {
    throw new UnsupportedOperationException("STUB");
  }

  /** The meaningful settings with defaults filled in, as canonical JSON values. */
  public Map<String, Object> settings() {
    throw new UnsupportedOperationException("STUB");
  }

  /** Port name to the points that fill it, in order. */
  public SortedMap<String, List<Point>> inputs() {
    throw new UnsupportedOperationException("STUB");
  }

  public long seed() {
    throw new UnsupportedOperationException("STUB");
  }

  public Environment environment() {
    throw new UnsupportedOperationException("STUB");
  }

  /** External files that it reads and that are not there. */
  public List<Path> missingExternals() {
    throw new UnsupportedOperationException("STUB");
  }

  /**
   * The key, once the artifacts of all inputs are known.
   *
   * @param artifacts the artifact of every input point
   */
  public StageKey key(Map<Point, Digest> artifacts) throws IOException {
    throw new UnsupportedOperationException("STUB");
  }

  /** Runs the stage. */
  public void run(Map<Point, Input> inputs, StageContext context) throws Exception {
    throw new UnsupportedOperationException("STUB");
  }
}
