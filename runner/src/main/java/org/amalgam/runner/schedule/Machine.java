package org.amalgam.runner.schedule;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.stream.Stream;

/** What this program runs on, in words, for provenance and reports. Never part of a key. */
public final class Machine {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** Vendor and version of the Java runtime. */
  public static String java() {
    return System.getProperty("java.vendor") + " " + System.getProperty("java.version");
  }

  /** Operating system, architecture, processor model and cores. */
  public static String host() {
    return "%s %s, %s, %d cores"
        .formatted(
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            processor(),
            Runtime.getRuntime().availableProcessors());
  }

  private static String processor() {
    try (Stream<String> lines = Files.lines(PROCESSORS)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown processor");
    } catch (IOException | RuntimeException e) {
      return "unknown processor";
    }
  }

  /** The tensor engine on the class path, with its native version, without loading it. */
  public static String engine() {
    ClassLoader loader = Machine.class.getClassLoader();
    try (InputStream in = loader.getResourceAsStream("native/lib/pytorch.properties")) {
      if (in == null) {
        return "none";
      }
      Properties properties = new Properties();
      properties.load(in);
      return "PyTorch %s (%s)"
          .formatted(
              properties.getProperty("version", "of unknown version"),
              properties.getProperty("flavor", "cpu"));
    } catch (IOException e) {
      return "none";
    }
  }
}
