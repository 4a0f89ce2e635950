package org.amalgam.runner.report;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.pipelines.plan.Plan;
import org.amalgam.pipelines.recipe.Recipe;
import org.amalgam.runner.schedule.Outcome;
import org.amalgam.runner.schedule.RunListener;

/**
 * The folder of one run below {@code .amalgam/runs}. From the start on: {@code state.json}, the
 * recipe's files below {@code recipe/}, and while it goes a journal. At the end: report.html,
 * tables.md, tables.csv, run.json, metrics.prom. {@code latest} beside it is a link to the newest
 * run that ended, or a text file with its name where there are no links.
 */
public final class RunFolder implements AutoCloseable {
  /** The name under which the newest run that ended is found. */
  public static final String LATEST = "latest";

  /** Where a run is: what was asked for and what became of it, in short. */
  static final String STATE = "state.json";

  /** Copies of the recipe and of all that it includes. */
  static final String RECIPE = "recipe";

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path path;
  private final RunLock lock;
  private final RunJournal journal;

  private RunFolder(Path path) throws IOException {
    this.path = path;
    this.lock = RunLock.in(path);
    this.journal = new RunJournal(path);
  }

  /** Creates the folder of a run that starts now, so that it is known even if it is cut off. */
  public static RunFolder create(Path runs, Plan plan, RunInvocation invocation)
      throws IOException {
    Files.createDirectories(runs);
    Recipe recipe = plan.recipe();
    String name =
        STAMP.format(invocation.started()) + "-" + recipe.name().replaceAll("[^A-Za-z0-9._-]", "-");
    RunFolder folder = new RunFolder(freshDirectory(runs, name));
    Map<String, Object> head = new LinkedHashMap<>(invocation.json(recipe));
    head.put("state", RunState.RUNNING.toString());
    head.put("points", plan.points().size());
    folder.put(STATE, CanonicalJson.writePretty(head));
    new RecipeFiles(recipe.files(), invocation.recipe()).copy(folder.path.resolve(RECIPE));
    return folder;
  }

  private static Path freshDirectory(Path runs, String name) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return Files.createDirectory(runs.resolve(attempt == 1 ? name : name + "-" + attempt));
      } catch (FileAlreadyExistsException e) {
        // another run of this second: take the next number
      }
    }
  }

  /** The folder of the newest run that ended, if there is one. */
  static Optional<Path> latest(Path runs) throws IOException {
    Path latest = runs.resolve(LATEST);
    if (Files.isRegularFile(latest)) {
      latest = runs.resolve(Files.readString(latest).strip());
    }
    return Files.isDirectory(latest) ? Optional.of(latest.toRealPath()) : Optional.empty();
  }

  public Path path() {
    return path;
  }

  /** Is to be told what happens, for those who look before the run has ended. */
  public RunListener journal() {
    return journal;
  }

  /** The file for the run's counters. */
  public Path metrics() {
    return path.resolve("metrics.prom");
  }

  /** The page for people. */
  public Path report() {
    return path.resolve(RunSummary.REPORT);
  }

  /** Writes everything, the run's end last, and points {@code latest} here. */
  public void write(RunResults results, List<FilledTable> tables) throws IOException {
    List<JudgedClaim> claims = results.claims(tables);
    Files.writeString(
        path.resolve("tables.md"), ClaimsText.markdown(claims) + TablesMarkdown.of(tables));
    if (!claims.isEmpty()) {
      Files.writeString(path.resolve("claims.csv"), ClaimsText.csv(claims));
    }
    Files.writeString(path.resolve("tables.csv"), TablesCsv.of(tables));
    put(RunJson.FILE, RunJson.of(results, tables));
    Files.writeString(report(), HtmlReport.of(results, tables, path));
    put(STATE, CanonicalJson.writePretty(ended(results)));
    journal.close();
    Files.deleteIfExists(path.resolve(RunJournal.FILE));
    pointLatestHere();
  }

  private static Map<String, Object> ended(RunResults results) {
    Map<String, Object> state =
        new LinkedHashMap<>(results.invocation().json(results.plan().recipe()));
    state.put("state", RunState.ENDED.toString());
    state.put("points", results.outcomes().size());
    state.put("seconds", results.seconds());
    state.put("exit", results.exit());
    Map<String, Integer> verdicts = new TreeMap<>();
    for (Outcome outcome : results.outcomes()) {
      verdicts.merge(outcome.verdict().toString(), 1, Integer::sum);
    }
    state.put("verdicts", verdicts);
    return state;
  }

  /** Whoever reads meanwhile sees the old text or the new one. */
  private void put(String name, String text) throws IOException {
    Path fresh = path.resolve(name + ".new");
    Files.writeString(fresh, text);
    Files.move(
        fresh,
        path.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void pointLatestHere() throws IOException {
    Path name = path.getFileName();
    Path fresh = path.resolveSibling(LATEST + "-" + name);
    Path latest = path.resolveSibling(LATEST);
    try {
      Files.createSymbolicLink(fresh, name);
    } catch (UnsupportedOperationException e) {
      Files.writeString(fresh, name + "\n");
    }
    Files.move(fresh, latest, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The run is over, or given up. */
  @Override
  public void close() throws IOException {
    journal.close();
    lock.close();
  }
}
