package org.amalgam.runner.report;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/**
 * The folder of one run below {@code .amalgam/runs}: report.html, tables.md, tables.csv, run.json,
 * metrics.prom. {@code latest} beside it is a link to the newest, or a text file with its name
 * where there are no links.
 */
public final class RunFolder {
  /** The name under which the newest run is found. */
  public static final String LATEST = "latest";

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path path;

  private RunFolder(Path path) {
    this.path = path;
  }

  /** Creates the folder of a run that started at an instant. */
  public static RunFolder create(Path runs, String recipe, Instant started) throws IOException {
    Files.createDirectories(runs);
    String name = STAMP.format(started) + "-" + recipe.replaceAll("[^A-Za-z0-9._-]", "-");
    for (int attempt = 1; ; attempt++) {
      Path path = runs.resolve(attempt == 1 ? name : name + "-" + attempt);
      try {
        return new RunFolder(Files.createDirectory(path));
      } catch (FileAlreadyExistsException e) {
        // another run of this second: take the next number
      }
    }
  }

  /** The newest run's folder, if there is one. */
  public static Optional<Path> latest(Path runs) throws IOException {
    Path latest = runs.resolve(LATEST);
    if (Files.isRegularFile(latest)) {
      latest = runs.resolve(Files.readString(latest).strip());
    }
    return Files.isDirectory(latest) ? Optional.of(latest) : Optional.empty();
  }

  public Path path() {
    return path;
  }

  /** The file for the run's counters. */
  public Path metrics() {
    return path.resolve("metrics.prom");
  }

  /** The page for people. */
  public Path report() {
    return path.resolve("report.html");
  }

  /** Writes everything, the page last, and points {@code latest} here. */
  public void write(RunResults results, List<FilledTable> tables) throws IOException {
    List<JudgedClaim> claims = results.claims(tables);
    Files.writeString(
        path.resolve("tables.md"), ClaimsText.markdown(claims) + TablesMarkdown.of(tables));
    if (!claims.isEmpty()) {
      Files.writeString(path.resolve("claims.csv"), ClaimsText.csv(claims));
    }
    Files.writeString(path.resolve("tables.csv"), TablesCsv.of(tables));
    Files.writeString(path.resolve(RunJson.FILE), RunJson.of(results, tables));
    Files.writeString(report(), HtmlReport.of(results, tables));
    pointLatestHere();
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
}
