package org.amalgam.runner.schedule;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.plan.Point;
import org.amalgam.pipelines.stage.Resources;

/**
 * What the stages of a run may take of this machine together.
 *
 * @param memoryBytes of the host
 * @param threads that compute at one time
 * @param gpus the devices, as CUDA_VISIBLE_DEVICES names them
 */
public record Capacity(long memoryBytes, int threads, List<String> gpus) {
  private static final String VISIBLE = "CUDA_VISIBLE_DEVICES";

  public Capacity {
    gpus = List.copyOf(gpus);
  }

  /**
   * Of this machine, or of the container that this is.
   *
   * @param slots a run with more slots than the machine has cores may use a thread for each
   * @param environment the environment variables
   */
  public static Capacity ofMachine(int slots, Map<String, String> environment) {
    long memory =
        ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
            ? system.getTotalMemorySize()
            : Runtime.getRuntime().maxMemory();
    int cores = Runtime.getRuntime().availableProcessors();
    return new Capacity(memory, Math.max(slots, cores), gpus(environment));
  }

  private static List<String> gpus(Map<String, String> environment) {
    String visible = environment.get(VISIBLE);
    if (visible != null) {
      return Arrays.stream(visible.split(","))
          .map(String::strip)
          .filter(g -> !g.isEmpty())
          .toList();
    }
    int devices = Math.max(count("/proc/driver/nvidia/gpus", "*"), count("/dev", "nvidia[0-9]*"));
    return IntStream.range(0, devices).mapToObj(Integer::toString).toList();
  }

  private static int count(String directory, String names) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(Path.of(directory), names)) {
      List<Path> all = new ArrayList<>();
      found.forEach(all::add);
      return all.size();
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * One line for each stage that asks for more than there is, and would never start. Threads are no
   * reason: a stage gets what there is, more slowly.
   */
  public List<String> refusals(Plan plan) {
    return plan.points().stream().map(this::refusal).flatMap(Optional::stream).distinct().toList();
  }

  private Optional<String> refusal(Point point) {
    Resources asked = point.resources();
    if (asked.gpus() > gpus.size()) {
      return Optional.of(
          "the stage %s asks for %s; this machine has %s"
              .formatted(
                  point.stage(),
                  counted(asked.gpus()),
                  gpus.isEmpty()
                      ? "none that can be seen (" + VISIBLE + " says which there are)"
                      : counted(gpus.size())));
    }
    if (asked.memoryBytes() > memoryBytes) {
      return Optional.of(
          "the stage %s asks for %s of memory; this machine has %s"
              .formatted(point.stage(), bytes(asked.memoryBytes()), bytes(memoryBytes)));
    }
    return Optional.empty();
  }

  private static String counted(int gpus) {
    return gpus == 1 ? "a GPU" : gpus + " GPUs";
  }

  /** {@code 1.5 GiB}. */
  static String bytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }
}
