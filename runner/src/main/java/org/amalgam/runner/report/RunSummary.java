package org.amalgam.runner.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.amalgam.artifacts.CanonicalJson;

/**
 * A run in short, as its folder tells it.
 *
 * @param head what was asked for, where and with what: the fields of {@code state.json}
 * @param verdicts how many points have which; of a run that has not ended, so far
 */
public record RunSummary(
    Path folder, RunState state, Map<String, Object> head, Map<String, Long> verdicts) {
  static final String REPORT = "report.html";

  /** Reads a run's folder; empty if it is none, or not readable. */
  static Optional<RunSummary> of(Path folder) throws IOException {
    for (String name : List.of(RunFolder.STATE, RunJson.FILE)) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        try {
          Map<String, Object> head = JsonTree.object(CanonicalJson.parse(Files.readString(file)));
          return Optional.of(of(folder, head));
        } catch (IllegalArgumentException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static RunSummary of(Path folder, Map<String, Object> head) throws IOException {
    boolean ended =
        JsonTree.text(head, "state", RunState.ENDED.toString()).equals(RunState.ENDED.toString());
    if (ended) {
      Map<String, Long> verdicts = new TreeMap<>();
      JsonTree.object(head, "verdicts").forEach((name, n) -> verdicts.put(name, (Long) n));
      return new RunSummary(folder, RunState.ENDED, head, verdicts);
    }
    Map<String, Long> verdicts = new TreeMap<>();
    for (RunStage stage : RunStage.ofJournal(folder)) {
      if (!stage.verdict().equals(RunStage.STARTED)) {
        verdicts.merge(stage.verdict(), 1L, Long::sum);
      }
    }
    RunState state = RunLock.isHeld(folder) ? RunState.RUNNING : RunState.CUT_OFF;
    return new RunSummary(folder, state, head, verdicts);
  }

  /** The name of its folder, by which commands know it. */
  public String name() {
    return folder.getFileName().toString();
  }

  /** A text of the head; empty if it has none. */
  public String text(String field) {
    return JsonTree.text(head, field, "");
  }

  /** When it began; the beginning of all time if it does not say. */
  public Instant started() {
    try {
      return Instant.parse(text("started"));
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  /** When it ended; when it began, if it did not. */
  public Instant ended() {
    return started().plusNanos((long) (seconds().orElse(0) * 1e9));
  }

  /** The folder of the recipe's files as they were when it began. */
  public Path recipeFolder() {
    return folder.resolve(RunFolder.RECIPE);
  }

  /** The recipe's own file there. */
  public Path recipeFile() {
    return recipeFolder().resolve(text("recipeCopy"));
  }

  /** What else is there: the files that the recipe includes. */
  public List<Path> includedFiles() throws IOException {
    return filesBelow(recipeFolder()).filter(file -> !file.equals(recipeFile())).toList();
  }

  /** The run's page, tables and records. */
  public List<Path> files() throws IOException {
    return filesBelow(folder).filter(file -> folder.equals(file.getParent())).toList();
  }

  private static Stream<Path> filesBelow(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !RunLock.isOf(file))
          .sorted()
          .toList()
          .stream();
    }
  }

  /** A list of texts of the head, such as "overrides" and "targets". */
  public List<String> texts(String field) {
    return JsonTree.list(head, field).stream().map(String::valueOf).toList();
  }

  /** Wall seconds; empty unless it ended. */
  public OptionalDouble seconds() {
    return JsonTree.number(head, "seconds");
  }

  /** What its process exited with; empty unless it ended. */
  public OptionalInt exit() {
    OptionalDouble exit = JsonTree.number(head, "exit");
    return exit.isPresent() ? OptionalInt.of((int) exit.getAsDouble()) : OptionalInt.empty();
  }

  /** Its page, if it was written. */
  public Optional<Path> report() {
    return Optional.of(folder.resolve(REPORT)).filter(Files::isRegularFile);
  }

  /** For programs. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name());
    json.put("state", state.toString());
    for (String field :
        List.of(
            "recipe",
            "recipeFile",
            "recipeDigest",
            "profile",
            "overrides",
            "targets",
            "started",
            "seconds",
            "exit",
            "points",
            "amalgam",
            "java",
            "host",
            "engine")) {
      if (head.containsKey(field)) {
        json.put(field, head.get(field));
      }
    }
    json.put("verdicts", verdicts);
    report().ifPresent(page -> json.put("report", page.toString()));
    return json;
  }
}
