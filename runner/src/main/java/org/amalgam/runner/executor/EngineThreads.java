package org.amalgam.runner.executor;

import java.util.Map;
import java.util.TreeMap;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;

/** Tells the tensor engine how many threads an operation may use; it listens only once, at load. */
public final class EngineThreads {
  private static final String OPERATION_THREADS = "ai.djl.pytorch.num_threads";
  private static final String INTEROP_THREADS = "ai.djl.pytorch.num_interop_threads";

  private EngineThreads() {}

  /**
   * Sets the engine up for a plan, before anything loads it.
   *
   * @throws IllegalArgumentException if the plan's stages ask for several thread counts
   */
  public static void configure(Plan plan) {
    Map<Integer, Point> askers = new TreeMap<>();
    for (Point point : plan.points()) {
      if (point.type().usesEngine()) {
        askers.putIfAbsent(point.environment().threads(), point);
      }
    }
    if (askers.size() > 1) {
      StringBuilder asked = new StringBuilder();
      askers.forEach(
          (n, point) -> asked.append("\n  ").append(n).append(" by ").append(point.name()));
      throw new IllegalArgumentException(
          "environment.threads must be one value for the whole run, since the tensor engine can be"
              + " set up only once a process; asked for are:"
              + asked
              + "\nSet one value, or give each slot a process of its own: --executor process");
    }
    askers.keySet().forEach(EngineThreads::configure);
  }

  /** Sets the engine up for a number of threads, before anything loads it. */
  static void configure(int threads) {
    System.setProperty(OPERATION_THREADS, Integer.toString(threads));
    System.setProperty(INTEROP_THREADS, "1");
  }
}
