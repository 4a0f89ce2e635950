package org.amalgam.runner.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Prints what is new in some logs; with a heading where the log is another than before. */
final class LogTail {
  private final PrintStream out;
  private final Map<Path, Long> printed = new LinkedHashMap<>();
  private String last = "";

  LogTail(PrintStream out) {
    this.out = out;
  }

  /**
   * Prints what was added since the last call.
   *
   * @param logs heading to log file
   */
  void print(Map<String, Path> logs) throws IOException {
    for (Map.Entry<String, Path> log : logs.entrySet()) {
      long from = printed.getOrDefault(log.getValue(), 0L);
      try (FileChannel channel = FileChannel.open(log.getValue())) {
        if (channel.size() <= from) {
          continue;
        }
        boolean several = logs.size() > 1 || !(last.isEmpty() || last.equals(log.getKey()));
        if (several && !last.equals(log.getKey())) {
          out.println(
              (last.isEmpty() ? "" : System.lineSeparator()) + "==> " + log.getKey() + " <==");
        }
        last = log.getKey();
        channel.position(from);
        printed.put(log.getValue(), from + Channels.newInputStream(channel).transferTo(out));
      }
    }
    out.flush();
  }
}
