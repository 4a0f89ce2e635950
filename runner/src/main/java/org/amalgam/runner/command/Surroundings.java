package org.amalgam.runner.command;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.amalgam.pipelines.stage.StageCatalog;

/**
 * What a command works in.
 *
 * @param program the class with the entry of this program, to start it anew for a worker
 * @param catalog the stage types that recipes may use
 * @param directory what relative paths are relative to
 * @param environment the environment variables
 * @param out results
 * @param err progress, warnings and errors
 */
public record Surroundings(
    String program,
    StageCatalog catalog,
    Path directory,
    Map<String, String> environment,
    PrintStream out,
    PrintStream err) {
  /** Those of this process; both streams are UTF-8 and buffered by line. */
  public static Surroundings ofProcess(Class<?> program, StageCatalog catalog) {
    return new Surroundings(
        program.getName(),
        catalog,
        Path.of(""),
        new TreeMap<>(System.getenv()),
        stream(FileDescriptor.out),
        stream(FileDescriptor.err));
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  Path resolve(String path) {
    return directory.resolve(path);
  }
}
