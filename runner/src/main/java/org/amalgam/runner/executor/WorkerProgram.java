package org.amalgam.runner.executor;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this program is started anew, as it was started itself but for its memory. */
final class WorkerProgram {
  private static final List<String> NOT_PASSED_ON =
      List.of(
          "-Xmx", "-Xms", "-XX:MaxHeapSize", "-XX:ArchiveClassesAtExit", "-javaagent", "-agent");

  private WorkerProgram() {}

  /**
   * The words of a command line.
   *
   * @param main the class with the program's entry
   */
  static List<String> command(String main, long heapBytes) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (NOT_PASSED_ON.stream().noneMatch(flag::startsWith)) {
        words.add(flag);
      }
    }
    words.add("-Xmx" + (heapBytes >> 20) + "m");
    // The process is then gone, which nobody can overlook, instead of limping on.
    words.add("-XX:+ExitOnOutOfMemoryError");
    words.add("-XX:+ErrorFileToStderr");
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), main, "exec"));
    return words;
  }
}
