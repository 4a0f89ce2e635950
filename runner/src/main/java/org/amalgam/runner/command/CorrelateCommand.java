package org.amalgam.runner.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.amalgam.pipelines.recipe.Suggestion;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.runner.report.RunJson;
import org.amalgam.stages.correlation.Correlation;
import org.amalgam.stages.data.CsvFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code amalgam correlate}: correlations of the columns of a table. */
@Command(
    name = "correlate",
    description = {
      "Correlates columns of a CSV file with one of them: Pearson's coefficient, Spearman's over"
          + " ranks (equal numbers share the mean of their ranks), and for each a two-sided p by"
          + " permutation: the share of orders of the column that give a coefficient as large"
          + " either way. Up to 8 rows all orders are tried, beyond 10000 that are drawn.",
      "",
      "The first line names the columns; a column that holds anything but numbers is a label and is"
          + " left out."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  amalgam correlate distances.csv --with drop"})
final class CorrelateCommand implements Callable<Integer> {
  private final Surroundings surroundings;

  @Parameters(paramLabel = "FILE", description = "a table in CSV, a row a point")
  private String file = "";

  @Option(
      names = "--with",
      paramLabel = "COLUMN",
      description = "what the others are correlated with; default: the last column of numbers")
  private @Nullable String with;

  @Option(names = "--output", paramLabel = "FORMAT", description = "text or json")
  private OutputFormat output = OutputFormat.text;

  CorrelateCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws IOException, StageFailure {
    Path path = surroundings.resolve(file);
    Map<String, double[]> columns = columns(path);
    String outcome = with == null ? last(columns, path) : with;
    double[] outcomes = columns.remove(outcome);
    if (outcomes == null) {
      throw new StageFailure(
          "%s: there is no column of numbers named %s; %s"
              .formatted(path, outcome, Suggestion.among(outcome, columns.keySet(), "columns")));
    }
    if (outcomes.length < Correlation.LEAST_POINTS) {
      throw new StageFailure(
          "%s: there are %d rows, but a correlation needs %d"
              .formatted(path, outcomes.length, Correlation.LEAST_POINTS));
    }
    Map<String, Optional<Correlation>> found = new LinkedHashMap<>();
    columns.forEach((name, numbers) -> found.put(name, Correlation.of(numbers, outcomes)));
    if (output == OutputFormat.json) {
      surroundings.out().print(RunJson.text(json(outcome, outcomes.length, found)));
    } else {
      print(outcome, outcomes.length, found);
    }
    return ExitCode.OK.code();
  }

  private static String last(Map<String, double[]> columns, Path path) throws StageFailure {
    if (columns.size() < 2) {
      throw new StageFailure(path + ": there are no two columns of numbers to correlate");
    }
    return new ArrayList<>(columns.keySet()).get(columns.size() - 1);
  }

  private static Map<String, double[]> columns(Path path) throws IOException, StageFailure {
    List<List<String>> rows;
    try {
      rows = CsvFile.read(path);
    } catch (CharacterCodingException e) {
      throw new StageFailure(path + ": is not UTF-8", e);
    }
    Map<String, double[]> columns = new LinkedHashMap<>();
    List<String> header = rows.isEmpty() ? List.of() : rows.get(0);
    for (int c = 0; c < header.size(); c++) {
      String name = header.get(c).strip();
      double[] numbers = numbers(rows, c);
      if (numbers != null && columns.put(name, numbers) != null) {
        throw new StageFailure(path + ": two columns are named " + name);
      }
    }
    return columns;
  }

  /** The numbers of a column, or null if it has a cell that is none. */
  private static double @Nullable [] numbers(List<List<String>> rows, int column) {
    double[] numbers = new double[rows.size() - 1];
    for (int r = 0; r < numbers.length; r++) {
      try {
        numbers[r] = Double.parseDouble(rows.get(r + 1).get(column).strip());
      } catch (NumberFormatException e) {
        return null;
      }
      if (!Double.isFinite(numbers[r])) {
        return null;
      }
    }
    return numbers;
  }

  private static Map<String, Object> json(
      String outcome, int points, Map<String, Optional<Correlation>> found) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("with", outcome);
    json.put("points", points);
    Map<String, Object> correlations = new LinkedHashMap<>();
    List<String> warnings = new ArrayList<>();
    found.forEach(
        (name, maybe) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          maybe.ifPresent(
              correlation -> {
                one.put("pearson", correlation.pearson().value());
                one.put("pearson_p", correlation.pearson().probability());
                one.put("pearson_least_p", correlation.pearson().leastProbability());
                one.put("spearman", correlation.spearman().value());
                one.put("spearman_p", correlation.spearman().probability());
                one.put("spearman_least_p", correlation.spearman().leastProbability());
                correlation.warning().ifPresent(warning -> warnings.add(name + ": " + warning));
              });
          correlations.put(name, one);
        });
    json.put("correlations", correlations);
    json.put("warnings", warnings);
    return json;
  }

  private void print(String outcome, int points, Map<String, Optional<Correlation>> found) {
    PrintStream out = surroundings.out();
    int width = found.keySet().stream().mapToInt(String::length).max().orElse(0);
    out.printf("correlation with %s over %d points%n%n", outcome, points);
    String line = "%-" + Math.max(6, width) + "s  %8s %8s  %8s %8s%n";
    out.printf(line, "column", "Pearson", "p", "Spearman", "p");
    found.forEach(
        (name, maybe) ->
            maybe.ifPresentOrElse(
                one ->
                    out.printf(
                        line,
                        name,
                        text(one.pearson().value()),
                        text(one.pearson().probability()),
                        text(one.spearman().value()),
                        text(one.spearman().probability())),
                () -> out.printf(line, name, "-", "-", "-", "-")));
    found.forEach(
        (name, maybe) -> {
          if (maybe.isEmpty()) {
            out.printf("%n%s or %s is the same at all points%n", name, outcome);
          }
        });
    found.values().stream()
        .flatMap(Optional::stream)
        .map(Correlation::warning)
        .flatMap(Optional::stream)
        .distinct()
        .forEach(warning -> out.printf("%nwarning: %s%n", warning));
  }

  private static String text(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
