package org.amalgam.runner.executor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ends processes with all that they started.
 *
 * <p>A process whose parent has died is nobody's descendant any more. So every worker has a mark in
 * its environment, which what it starts inherits, and all processes of this user are searched for
 * it where the platform shows their environments.
 */
final class ProcessTree {
  /** The environment variable that marks a worker and its descendants. */
  static final String MARK = "AMALGAM_WORKER";

  private static final Path PROCESSES = Path.of("/proc");
  private static final int ROUNDS = 10;

  private ProcessTree() {}

  /** Kills the descendants of a process, not the process itself. */
  static void endDescendants(ProcessHandle process) {
    List<ProcessHandle> descendants = process.descendants().toList();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  /**
   * Kills all processes that have a mark, but this one. Until none is left, for one that is forking
   * may leave a child.
   */
  static void endMarked(String mark) {
    for (int round = 0; round < ROUNDS; round++) {
      List<ProcessHandle> marked = marked(mark);
      if (marked.isEmpty()) {
        return;
      }
      marked.forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** The living processes that have a mark, but this one. */
  static List<ProcessHandle> marked(String mark) {
    List<ProcessHandle> found = new ArrayList<>();
    if (!Files.isDirectory(PROCESSES)) {
      return found;
    }
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        if (hasMark(process, mark)) {
          Optional<ProcessHandle> handle =
              ProcessHandle.of(Long.parseLong(process.getFileName().toString()));
          handle.filter(h -> !h.equals(ProcessHandle.current())).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      // then nobody can be found this way
      return found;
    }
    return found;
  }

  private static boolean hasMark(Path process, String mark) {
    try {
      // Bytes of any encoding; the mark itself is ASCII.
      String environment =
          Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
      return ("\0" + environment).contains("\0" + MARK + "=" + mark + "\0");
    } catch (IOException e) {
      // it has ended, or is another user's
      return false;
    }
  }
}
