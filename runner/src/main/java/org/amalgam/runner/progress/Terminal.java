package org.amalgam.runner.progress;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;

/**
 * The terminal that the launcher found, if any. The launcher tells by {@code AMALGAM_TERMINAL},
 * since Java cannot ask whether standard error alone is one.
 *
 * @param present whether standard error is a terminal that can be redrawn
 * @param colour whether colours are welcome
 */
public record Terminal(boolean present, boolean colour) {
  private static final int USUAL_WIDTH = 80;
  private static final int USUAL_HEIGHT = 24;

  /** Columns and lines. */
  record Size(int width, int height) {}

  /** Reads what the launcher and the user say in the environment. */
  public static Terminal of(Map<String, String> environment) {
    boolean dumb = environment.getOrDefault("TERM", "dumb").equals("dumb");
    boolean present = environment.getOrDefault("AMALGAM_TERMINAL", "").equals("yes") && !dumb;
    // https://no-color.org: present and not empty, whatever its value
    return new Terminal(present, present && environment.getOrDefault("NO_COLOR", "").isEmpty());
  }

  /** The size now: stty knows, and the JDK does not. */
  static Size size() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectErrorStream(true)
              .start();
      try (InputStream in = stty.getInputStream();
          Scanner scanner = new Scanner(in, StandardCharsets.US_ASCII)) {
        int height = scanner.hasNextInt() ? scanner.nextInt() : USUAL_HEIGHT;
        int width = scanner.hasNextInt() ? scanner.nextInt() : USUAL_WIDTH;
        stty.waitFor(1, TimeUnit.SECONDS);
        return new Size(width > 0 ? width : USUAL_WIDTH, height > 0 ? height : USUAL_HEIGHT);
      }
    } catch (IOException e) {
      return new Size(USUAL_WIDTH, USUAL_HEIGHT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Size(USUAL_WIDTH, USUAL_HEIGHT);
    }
  }
}
