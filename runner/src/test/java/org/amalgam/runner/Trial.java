package org.amalgam.runner;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.pipelines.stage.StageCatalog;
import org.amalgam.runner.command.AmalgamCommand;
import org.amalgam.runner.command.Surroundings;

/** A directory in which commands are tried, and what they printed. */
final class Trial {
  /** One command's exit code and streams. */
  record Result(int code, String out, String err) {
    /** What was printed, as a JSON object. */
    Parsed json() {
      return Parsed.of(out);
    }

    /** Point name to verdict, of a {@code run --output json}. */
    Map<String, String> verdicts() {
      Map<String, String> verdicts = new LinkedHashMap<>();
      Map<?, ?> run = (Map<?, ?>) CanonicalJson.parse(out);
      for (Object stage : (List<?>) Objects.requireNonNull(run.get("stages"))) {
        Map<?, ?> one = (Map<?, ?>) stage;
        verdicts.put(String.valueOf(one.get("point")), String.valueOf(one.get("verdict")));
      }
      return verdicts;
    }
  }

  StageCatalog catalog = TrialStages.CATALOG;
  final Path directory;
  final Map<String, String> environment = new TreeMap<>();

  Trial(Path directory) {
    this.directory = directory;
    environment.put("HOME", directory.resolve("home").toString());
  }

  /** Writes {@code recipe.yaml}. */
  Trial recipe(String text) throws IOException {
    Files.writeString(directory.resolve("recipe.yaml"), text);
    return this;
  }

  Result execute(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Surroundings surroundings =
        new Surroundings(
            TrialMain.class.getName(),
            catalog,
            directory,
            environment,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    int code = AmalgamCommand.commandLine(surroundings).execute(arguments);
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** {@code run recipe.yaml --output json} with more arguments. */
  Result run(String... more) {
    List<String> arguments = new ArrayList<>(List.of("run", "recipe.yaml", "--output", "json"));
    arguments.addAll(Arrays.asList(more));
    return execute(arguments.toArray(String[]::new));
  }

  ArtifactStore store() {
    return ArtifactStore.open(directory.resolve(".amalgam/store"));
  }

  /** Key to artifact, of a store of this directory. */
  Map<String, String> index(String name) {
    Map<String, String> index = new TreeMap<>();
    ArtifactStore.open(directory.resolve(name))
        .entries()
        .forEach(entry -> index.put(entry.key().hex(), entry.artifact().hex()));
    return index;
  }

  /** What the children have printed so far. */
  String printed() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".out")).sorted().toList()) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  Path latest(String file) {
    return directory.resolve(".amalgam/runs/latest").resolve(file);
  }

  /** The command line of a Java process that runs {@code amalgam} in this directory. */
  Process child(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                TrialMain.class.getName()));
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(Files.createTempFile(directory, "child", ".out").toFile())
        .start();
  }
}
