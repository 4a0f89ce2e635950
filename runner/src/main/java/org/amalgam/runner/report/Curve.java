package org.amalgam.runner.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A training curve: the {@code curve.csv} of an artifact.
 *
 * @param columns the names in its first line; the first column is the step
 * @param values one array a line, as long as the columns; NaN where a field is empty
 */
record Curve(List<String> columns, List<double[]> values) {
  static final String FILE = "curve.csv";

  /** Empty if the artifact has none, or it holds no two lines of numbers. */
  static Optional<Curve> of(Path artifact) {
    Path file = artifact.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() < 3) {
        return Optional.empty();
      }
      List<String> columns = List.of(lines.get(0).split(",", -1));
      List<double[]> values =
          lines.stream().skip(1).filter(l -> !l.isBlank()).map(l -> numbers(l, columns)).toList();
      return Optional.of(new Curve(columns, values));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static double[] numbers(String line, List<String> columns) {
    String[] fields = line.split(",", -1);
    double[] numbers = new double[columns.size()];
    for (int i = 0; i < numbers.length; i++) {
      boolean empty = i >= fields.length || fields[i].isBlank();
      numbers[i] = empty ? Double.NaN : Double.parseDouble(fields[i].strip());
    }
    return numbers;
  }

  /**
   * One column over the steps, as the means of at most so many runs of consecutive lines.
   *
   * @return pairs of step and value; lines without a finite value are left out
   */
  List<double[]> series(String column, int most) {
    int index = columns.indexOf(column);
    List<double[]> finite =
        index < 0
            ? List.of()
            : values.stream()
                .filter(row -> Double.isFinite(row[0]) && Double.isFinite(row[index]))
                .map(row -> new double[] {row[0], row[index]})
                .toList();
    int run = Math.max(1, (finite.size() + most - 1) / most);
    return IntStream.iterate(0, i -> i < finite.size(), i -> i + run)
        .mapToObj(i -> mean(finite.subList(i, Math.min(finite.size(), i + run))))
        .toList();
  }

  private static double[] mean(List<double[]> rows) {
    double step = rows.stream().mapToDouble(r -> r[0]).average().orElseThrow();
    double value = rows.stream().mapToDouble(r -> r[1]).average().orElseThrow();
    return new double[] {step, value};
  }
}
