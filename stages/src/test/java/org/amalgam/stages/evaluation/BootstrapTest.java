package org.amalgam.stages.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.amalgam.stages.tensor.RandomStream;
import org.junit.jupiter.api.Test;

class BootstrapTest {
  private static double[] gaussian(int n, double mean, long index) {
    RandomStream random = RandomStream.of(5, "scores", index);
    return IntStream.range(0, n).mapToDouble(i -> mean + random.nextGaussian()).toArray();
  }

  /** For many normal scores it is the textbook's mean plus and minus 1.96 standard errors. */
  @Test
  void theIntervalIsThatOfTheNormalApproximation() {
    double[] scores = gaussian(400, 3, 0);
    double mean = IntStream.range(0, 400).mapToDouble(i -> scores[i]).average().orElseThrow();
    double variance =
        IntStream.range(0, 400).mapToDouble(i -> Math.pow(scores[i] - mean, 2)).sum() / 400;
    Bootstrap.Interval interval = Bootstrap.ofMean(scores, 1);

    double error = 1.96 * Math.sqrt(variance / 400);
    assertThat(interval.low()).isCloseTo(mean - error, within(0.015));
    assertThat(interval.high()).isCloseTo(mean + error, within(0.015));
  }

  @Test
  void nineteenOfTwentyIntervalsHoldTheTruth() {
    int held = 0;
    for (int i = 0; i < 200; i++) {
      Bootstrap.Interval interval = Bootstrap.ofMean(gaussian(60, 0, i), i);
      held += interval.low() <= 0 && interval.high() >= 0 ? 1 : 0;
    }

    assertThat(held).isBetween(178, 199);
  }

  @Test
  void theSameScoresHaveTheSameIntervalAndEqualScoresNone() {
    double[] scores = gaussian(50, 1, 2);

    assertThat(Bootstrap.ofMean(scores, 1)).isEqualTo(Bootstrap.ofMean(scores, 1));
    assertThat(Bootstrap.ofMean(new double[] {7, 7, 7}, 1)).isEqualTo(new Bootstrap.Interval(7, 7));
  }

  @Test
  void severalSamplesAreWeighedAlike() {
    Bootstrap.Interval interval =
        Bootstrap.ofMeans(List.of(new double[] {1, 1, 1, 1, 1, 1}, new double[] {3}), 1);

    assertThat(interval).isEqualTo(new Bootstrap.Interval(2, 2));
  }

  /** With three examples there are eight equally likely ways of tossing signs. */
  @Test
  void thePairedTestCountsTheWaysToTossSigns() {
    PairedTest test = PairedTest.of(new double[] {2, 3, 4}, new double[] {1, 1, 1}, 1);

    assertThat(test.difference()).isEqualTo(2);
    assertThat(test.probability()).isCloseTo(2 / 8.0, within(0.02));
  }

  @Test
  void modelsThatAreAlikeAreRarelyToldApart() {
    int found = 0;
    for (int i = 0; i < 60; i++) {
      PairedTest test = PairedTest.of(gaussian(40, 0, 2 * i), gaussian(40, 0, 2 * i + 1), i);
      found += test.probability() < 0.05 ? 1 : 0;
    }

    assertThat(found).isLessThanOrEqualTo(8);
    assertThat(PairedTest.of(gaussian(40, 1, 7), gaussian(40, 0, 8), 1).probability())
        .isLessThan(0.01);
    double[] same = gaussian(40, 0, 9);
    assertThat(PairedTest.of(same, same, 1).probability()).isEqualTo(1);
  }

  @Test
  void scoresOfOtherExamplesAreRefused() {
    assertThatThrownBy(() -> PairedTest.of(new double[2], new double[3], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 and 3 scores");
  }
}
