package org.amalgam.runner.command;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.amalgam.pipelines.stage.StageCatalog;
import picocli.CommandLine.Command;

/**
 * {@code amalgam check}. The launcher also has the virtual machine watch it once, after a build, to
 * archive the classes that a run needs; that halves the time of short commands.
 */
@Command(
    name = "check",
    header = "Checks this installation.",
    description = {
      "Checks this installation: runs a tiny recipe twice in a temporary store, where the second"
          + " run must find everything, plans it, and explains and verifies what it made."
    })
final class CheckCommand implements Callable<Integer> {
  private static final String RECIPE = "check.yaml";

  private final Surroundings surroundings;

  CheckCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    Path directory = Files.createTempDirectory("amalgam-check");
    try (InputStream recipe = CheckCommand.class.getResourceAsStream(RECIPE)) {
      if (recipe == null) {
        throw new IllegalStateException("the program lacks " + RECIPE);
      }
      Files.copy(recipe, directory.resolve(RECIPE));
      List<List<String>> commands =
          List.of(
              List.of("run", RECIPE, "--progress", "plain"),
              List.of("run", RECIPE, "--progress", "plain"),
              List.of("plan", RECIPE),
              List.of("why", "score"),
              List.of("verify"));
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      for (List<String> command : commands) {
        int code = execute(directory, command, output);
        if (code != ExitCode.OK.code()) {
          surroundings.err().print(output.toString(StandardCharsets.UTF_8));
          surroundings
              .err()
              .println("amalgam " + String.join(" ", command) + " exits with " + code);
          return code;
        }
      }
      surroundings.out().println("all well");
      return ExitCode.OK.code();
    } finally {
      MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }

  private int execute(Path directory, List<String> command, ByteArrayOutputStream output) {
    PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8);
    StageCatalog catalog = new StageCatalog(List.of(new CheckStage()));
    Surroundings inside =
        new Surroundings(surroundings.program(), catalog, directory, Map.of(), stream, stream);
    return AmalgamCommand.execute(inside, command.toArray(String[]::new));
  }
}
