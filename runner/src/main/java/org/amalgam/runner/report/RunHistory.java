package org.amalgam.runner.report;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The runs whose folders are below one directory. */
public final class RunHistory {
  private static final Pattern BACK = Pattern.compile(RunFolder.LATEST + "(?:~(\\d{1,6}))?");

  private final Path runs;
  private final List<RunSummary> newestFirst;

  private RunHistory(Path runs, List<RunSummary> newestFirst) {
    this.runs = runs;
    this.newestFirst = newestFirst;
  }

  /** Reads the state of every run. */
  public static RunHistory in(Path runs) throws IOException {
    List<RunSummary> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(runs)) {
      for (Path folder : folders) {
        if (Files.isDirectory(folder) && !Files.isSymbolicLink(folder)) {
          RunSummary.of(folder).ifPresent(found::add);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return new RunHistory(runs, List.of());
    }
    found.sort(
        Comparator.comparing(RunSummary::started).thenComparing(RunSummary::name).reversed());
    return new RunHistory(runs, List.copyOf(found));
  }

  /** All of them. */
  public List<RunSummary> newestFirst() {
    return newestFirst;
  }

  /** The same run as it is now. */
  public static RunSummary again(RunSummary before) throws IOException {
    return RunSummary.of(before.folder()).orElse(before);
  }

  /** The newest run that ended, without reading the others; empty if there is none. */
  public static Optional<RunRecord> latest(Path runs) throws IOException {
    Optional<Path> folder = RunFolder.latest(runs);
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    Optional<RunSummary> summary = RunSummary.of(folder.get());
    return summary.isEmpty() ? Optional.empty() : Optional.of(RunRecord.of(summary.get()));
  }

  /**
   * The run that a name means: a folder's name or the beginning of one, {@code latest} for the
   * newest that ended, {@code latest~1} for the one before it.
   *
   * @throws IllegalArgumentException if it means none or several; the message says what there is
   */
  public RunSummary find(String name) {
    Matcher back = BACK.matcher(name);
    if (back.matches()) {
      List<RunSummary> ended =
          newestFirst.stream().filter(run -> run.state() == RunState.ENDED).toList();
      int steps = back.group(1) == null ? 0 : Integer.parseInt(back.group(1));
      if (steps >= ended.size()) {
        throw new IllegalArgumentException(
            "there is no run " + name + ": " + ended.size() + " ended below " + runs);
      }
      return ended.get(steps);
    }
    List<RunSummary> exact = newestFirst.stream().filter(run -> run.name().equals(name)).toList();
    List<RunSummary> found =
        exact.isEmpty()
            ? newestFirst.stream().filter(run -> run.name().startsWith(name)).toList()
            : exact;
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new IllegalArgumentException(
        found.isEmpty()
            ? "there is no run " + name + " below " + runs + "; amalgam runs lists them"
            : name
                + " could be "
                + String.join(", ", found.stream().limit(4).map(RunSummary::name).toList())
                + (found.size() > 4 ? ", ..." : ""));
  }
}
