package org.amalgam.benches;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.pipelines.recipe.RecipeException;
import org.amalgam.stages.Stages;

/**
 * How long it takes to read the final recipe, to expand and check it, and to compute the keys of
 * its points, when it is asked for as many alphas as make a number of points in ten replicates.
 * Once, cold, as a command does it.
 */
public final class Planning {
  private static final int REPLICATES = 10;

  /** Points that each alpha adds to each replicate: merged, and five stages that measure it. */
  private static final int BY_ALPHA = 6;

  private static final double MILLION = 1e6;

  private Planning() {}

  /**
   * Plans once.
   *
   * @param args the final recipe's file, and about how many points to plan, at least 1000
   */
  public static void main(String[] args) throws IOException, RecipeException {
    int alphas = Integer.parseInt(args[1]) / REPLICATES / BY_ALPHA;
    List<String> list = new ArrayList<>();
    for (int i = 1; i <= alphas; i++) {
      list.add(Double.toString(i / (alphas + 1.0)));
    }
    List<String> overrides = List.of("alpha=" + list, "replicates=" + REPLICATES);
    double before = cpuSeconds();
    long start = System.nanoTime();
    Recipe recipe = Recipe.readForPlan(Path.of(args[0]), null, overrides);
    long read = System.nanoTime();
    Plan plan = Plan.of(recipe, Stages.catalog(), List.of());
    long planned = System.nanoTime();
    double after = cpuSeconds();
    int keys = keys(plan);
    long keyed = System.nanoTime();
    System.out.printf(
        Locale.ROOT,
        "%7d points, %7d keys: read %4.0f ms, plan %5.0f ms, keys %5.0f ms; planned in %5.0f ms,"
            + " %.2f CPU s%n",
        plan.points().size(),
        keys,
        (read - start) / MILLION,
        (planned - read) / MILLION,
        (keyed - planned) / MILLION,
        (planned - start) / MILLION,
        after - before);
  }

  /** Of all threads of this process, those that compile among them. */
  private static double cpuSeconds() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime()
        / 1e9;
  }

  /** The keys where each artifact is taken for the digest of its key; how many there are. */
  private static int keys(Plan plan) throws IOException {
    Map<Point, Digest> artifacts = new LinkedHashMap<>();
    Set<Digest> keys = new TreeSet<>();
    for (Point point : plan.points()) {
      Digest key = point.key(artifacts).digest();
      artifacts.put(point, key);
      keys.add(key);
    }
    return keys.size();
  }
}
