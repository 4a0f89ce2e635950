package org.amalgam.runner.command;

import java.io.IOException;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.amalgam.runner.progress.Elapsed;
import org.amalgam.runner.report.RunHistory;
import org.amalgam.runner.report.RunJson;
import org.amalgam.runner.report.RunSummary;
import org.amalgam.runner.settings.ToolSetting;
import org.amalgam.runner.settings.ToolSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amalgam runs}. */
@Command(
    name = "runs",
    header = "Lists the runs, newest first.",
    description = {
      "Lists the runs of this directory, newest first: when each began, its recipe and profile,"
          + " what became of its stages, how long it took, its exit code and its report. A run"
          + " whose process was killed is listed as cut off."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  amalgam runs", "  amalgam runs final-recipe --last 5"})
final class RunsCommand implements Callable<Integer> {
  private static final DateTimeFormatter WHEN = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

  private final Surroundings surroundings;

  @Mixin private StoreOptions storeOptions = new StoreOptions();

  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE",
      description = "only runs of the recipe so named")
  private @Nullable String recipe;

  @Option(names = "--last", paramLabel = "N", description = "only the newest N")
  private int last = Integer.MAX_VALUE;

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  RunsCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException {
    if (last < 1) {
      throw storeOptions.misuse("--last must be at least 1, is " + last);
    }
    ToolSettings settings = storeOptions.settings(surroundings, Map.of());
    String folder = settings.value(ToolSetting.RUNS);
    List<RunSummary> runs =
        RunHistory.in(surroundings.resolve(folder)).newestFirst().stream()
            .filter(run -> recipe == null || run.text("recipe").equals(recipe))
            .limit(last)
            .toList();
    PrintStream out = surroundings.out();
    if (output == OutputFormat.json) {
      out.print(RunJson.text(Map.of("runs", runs.stream().map(RunSummary::json).toList())));
    } else if (runs.isEmpty()) {
      out.println("no runs below " + folder + (recipe == null ? "" : " of the recipe " + recipe));
    } else {
      runs.forEach(run -> print(run, out));
    }
    return ExitCode.OK.code();
  }

  private static void print(RunSummary run, PrintStream out) {
    List<String> asked = new ArrayList<>();
    asked.add(run.text("profile").equals("none") ? "" : "--profile " + run.text("profile"));
    run.texts("overrides").forEach(override -> asked.add("--set " + override));
    asked.addAll(run.texts("targets"));
    asked.removeIf(String::isEmpty);
    out.println(run.name() + "  " + String.join(" ", asked));
    StringBuilder line = new StringBuilder("  ");
    line.append(WHEN.format(run.started().atZone(ZoneId.systemDefault())));
    line.append("  ").append(run.state());
    run.exit().ifPresent(exit -> line.append(", exit ").append(exit));
    run.seconds().ifPresent(seconds -> line.append(", ").append(Elapsed.text(seconds)));
    line.append(": ").append(tally(run));
    out.println(line);
    run.report().ifPresent(page -> out.println("  " + page));
  }

  private static String tally(RunSummary run) {
    String tally =
        run.verdicts().entrySet().stream()
            .map(verdict -> verdict.getValue() + " " + verdict.getKey())
            .collect(Collectors.joining(", "));
    Object points = run.head().get("points");
    String of = run.seconds().isPresent() || points == null ? "" : " of " + points;
    return (tally.isEmpty() ? "nothing" : tally) + of;
  }
}
