package org.amalgam.stages.correlation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.amalgam.artifacts.Digest;
import org.amalgam.pipelines.stage.Input;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.TrialContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorrelationTest {
  /** Table 5 by K_seed 0, 50k, 100k and 150k, as printed. */
  private static final Map<String, double[]> PRINTED =
      Map.of(
          "l2", new double[] {580.6, 496.8, 388.5, 284.6},
          "cosine", new double[] {.371, .264, .163, .098},
          "ssd", new double[] {.198, .161, .125, .104},
          "tssd", new double[] {.066, .037, .015, .006});

  private static final double[] PRINTED_DROP = {9.16, 4.50, 2.80, 2.60};

  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  private static Correlation of(double[] x, double[] y) {
    return Correlation.of(x, y).orElseThrow();
  }

  @Test
  void thePrintedDigitsOfTableFiveGiveALittleMoreThanIsPrinted() {
    Map<String, Double> expected =
        Map.of("l2", 0.8824, "cosine", 0.9402, "ssd", 0.9424, "tssd", 0.9721);
    expected.forEach(
        (metric, value) -> {
          Correlation found = of(Objects.requireNonNull(PRINTED.get(metric), metric), PRINTED_DROP);
          assertThat(found.pearson().value()).as(metric).isCloseTo(value, within(5e-4));
          assertThat(found.spearman().value()).isCloseTo(1, within(1e-12));
          // Of the 24 orders of four ranks only the two monotone ones reach 1.
          assertThat(found.spearman().probability()).isEqualTo(2 / 24.0);
          assertThat(found.spearman().leastProbability()).isEqualTo(2 / 24.0);
          // Two orders against the drop are as close to a line as the printed L2 is with it.
          assertThat(found.pearson().probability())
              .isEqualTo(metric.equals("l2") ? 3 / 24.0 : 1 / 24.0);
          assertThat(found.warning())
              .hasValueSatisfying(
                  text ->
                      assertThat(text)
                          .contains("with 4 points no p can be below 0.0417", "0.0833 (Spearman)"));
        });
  }

  @Test
  void coefficientsAreWhatTheirDefinitionsSay() {
    Random random = new Random(1);
    for (int round = 0; round < 20; round++) {
      int n = 3 + round;
      double[] x = random.doubles(n).toArray();
      double[] y = random.doubles(n).map(v -> Math.round(v * 5)).toArray(); // ties
      double sumX = 0;
      double sumY = 0;
      double sumXx = 0;
      double sumYy = 0;
      double sumXy = 0;
      for (int i = 0; i < n; i++) {
        sumX += x[i];
        sumY += y[i];
        sumXx += x[i] * x[i];
        sumYy += y[i] * y[i];
        sumXy += x[i] * y[i];
      }
      double expected =
          (n * sumXy - sumX * sumY)
              / Math.sqrt((n * sumXx - sumX * sumX) * (n * sumYy - sumY * sumY));
      assertThat(of(x, y).pearson().value()).isCloseTo(expected, within(1e-12));
      assertThat(of(x, y).spearman().value())
          .isCloseTo(of(ranks(x), ranks(y)).pearson().value(), within(1e-12));
    }
  }

  /** One more than how many are smaller, and half of the others that are equal. */
  private static double[] ranks(double[] values) {
    double[] ranks = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      ranks[i] = 0.5;
      for (double other : values) {
        ranks[i] += other < values[i] ? 1 : other == values[i] ? 0.5 : 0;
      }
    }
    return ranks;
  }

  @Test
  void theProbabilityIsTheShareOfOrdersThatDoAsWell() {
    Random random = new Random(2);
    for (int n = 3; n <= 7; n++) {
      double[] x = random.doubles(n).toArray();
      double[] y = random.doubles(n).toArray();
      List<List<Double>> orders = new ArrayList<>();
      orders(new ArrayList<>(), y, orders);
      double least = Math.abs(of(x, y).pearson().value()) - 1e-12;
      long asWell =
          orders.stream().filter(o -> Math.abs(of(x, array(o)).pearson().value()) >= least).count();
      assertThat(of(x, y).pearson().probability()).isEqualTo((double) asWell / orders.size());
    }
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(v -> v).toArray();
  }

  private static void orders(List<Double> begun, double[] of, List<List<Double>> found) {
    if (begun.size() == of.length) {
      found.add(List.copyOf(begun));
      return;
    }
    for (double value : of) {
      if (!begun.contains(value)) {
        begun.add(value);
        orders(begun, of, found);
        begun.remove(begun.size() - 1);
      }
    }
  }

  @Test
  void manyPointsAreDealtAtRandomAlwaysAlike() {
    Random random = new Random(3);
    double[] x = random.doubles(30).toArray();
    double[] y = random.doubles(30).toArray();
    Correlation found = of(x, y);
    assertThat(of(x, y)).isEqualTo(found);
    assertThat(found.warning()).isEmpty();
    // The t approximation of the same test is good for uniform numbers.
    double r = found.pearson().value();
    double z = Math.abs(r) * Math.sqrt(29);
    assertThat(found.pearson().probability()).isCloseTo(2 * (1 - normal(z)), within(0.05));
    assertThat(of(x, x).pearson().probability()).isEqualTo(1 / 10_001.0);
  }

  /** The standard normal distribution, by summing its density. */
  private static double normal(double z) {
    double sum = 0.5;
    for (int i = 0; i < 1000; i++) {
      double at = (i + 0.5) * z / 1000;
      sum += Math.exp(-at * at / 2) / Math.sqrt(2 * Math.PI) * z / 1000;
    }
    return sum;
  }

  @Test
  void whatNeverChangesHasNoCorrelation() {
    assertThat(Correlation.of(new double[] {1, 2, 3}, new double[] {4, 4, 4})).isEmpty();
  }

  private Input input(String name) {
    return new Input("metrics", Digest.of(name), directory.resolve(name));
  }

  private JsonNode metrics(String name) throws IOException {
    return new ObjectMapper().readTree(directory.resolve(name).resolve("metrics.json").toFile());
  }

  private TrialContext into(String name) throws IOException {
    return new TrialContext(Files.createDirectories(directory.resolve(name)));
  }

  @Test
  void numbersBecomeDropsAndDropsAreCorrelated() throws Exception {
    List<Input> points = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Map<String, Double> distances = new LinkedHashMap<>();
      for (Map.Entry<String, double[]> printed : PRINTED.entrySet()) {
        distances.put("v-l." + printed.getKey(), printed.getValue()[i]);
      }
      new NumbersStage().run(new NumbersSettings(distances), into("distances" + i));
      new NumbersStage().run(new NumbersSettings(Map.of("mean", 80.0)), into("before" + i));
      new NumbersStage()
          .run(new NumbersSettings(Map.of("mean", 80 - PRINTED_DROP[i])), into("after" + i));
      new DropStage()
          .run(
              new DropSettings(
                  input("before" + i), input("after" + i), input("distances" + i), "mean"),
              into("drop" + i));
      points.add(input("drop" + i));
    }
    assertThat(metrics("drop2").at("/drop").asDouble()).isCloseTo(2.80, within(1e-9));
    assertThat(metrics("drop2").at("/v-l/tssd").asDouble()).isEqualTo(.015);
    Collections.reverse(points);
    new CorrelateStage()
        .run(
            new CorrelateSettings(points, "drop", List.of("v-l.l2", "v-l.tssd")),
            into("correlate"));
    JsonNode found = metrics("correlate");
    assertThat(found.at("/v-l/tssd/pearson").asDouble()).isCloseTo(0.9721, within(5e-4));
    assertThat(found.at("/v-l/l2/spearman").asDouble()).isCloseTo(1, within(1e-12));
    assertThat(found.at("/least-p/spearman").asDouble()).isEqualTo(1 / 12.0);
    assertThat(found.at("/points").asInt()).isEqualTo(4);
  }

  @Test
  void whatIsMissingOrTooLittleIsNamed() throws Exception {
    new NumbersStage().run(new NumbersSettings(Map.of("mean", 1.0)), into("one"));
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(
            () ->
                new DropStage()
                    .run(new DropSettings(input("one"), input("one"), null, "meen"), into("drop")))
        .withMessageContaining("has no number meen");
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(
            () ->
                new CorrelateStage()
                    .run(
                        new CorrelateSettings(List.of(input("one")), "mean", List.of("mean")),
                        into("correlate")))
        .withMessage("points: there are 1, but a correlation needs 3");
    assertThatExceptionOfType(StageFailure.class)
        .isThrownBy(
            () ->
                new NumbersStage()
                    .run(new NumbersSettings(Map.of("a", 1.0, "a.b", 2.0)), into("clash")))
        .withMessage("a.b: a is a number already");
  }
}
