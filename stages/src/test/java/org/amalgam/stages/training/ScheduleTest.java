package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
  @ParameterizedTest
  @CsvSource({"50000, 625", "100000, 1250", "150000, 1875", "200000, 2500"})
  void thePaperWarmsUpFor125PerMilleOfTheSteps(int steps, int warmup) {
    assertThat(Schedule.of(2e-4, steps, 0.0125, RateDecay.LINEAR).warmupSteps()).isEqualTo(warmup);
  }

  @Test
  void theRateRisesFromZeroToThePeakAndFallsToZero() {
    Schedule schedule = Schedule.of(2e-4, 200_000, 0.0125, RateDecay.LINEAR);

    assertThat(schedule.rate(0)).isZero();
    assertThat(schedule.rate(1250)).isCloseTo(1e-4, within(1e-12));
    assertThat(schedule.rate(2500)).isCloseTo(2e-4, within(1e-12));
    assertThat(schedule.rate(101_250)).isCloseTo(1e-4, within(1e-12));
    assertThat(schedule.rate(200_000)).isZero();
  }

  @Test
  void withoutWarmUpTheFirstStepHasThePeak() {
    assertThat(Schedule.of(0.5, 4, 0.1, RateDecay.LINEAR).rate(0)).isEqualTo(0.5);
  }

  @Test
  void alongACosineTheRateIsHalfThePeakHalfWayDown() {
    Schedule schedule = Schedule.of(2, 110, 0.1, RateDecay.COSINE);

    assertThat(schedule.rate(0)).isZero();
    assertThat(schedule.rate(11)).isEqualTo(2);
    assertThat(schedule.rate(44)).isCloseTo(1.5, within(1e-12));
    assertThat(Schedule.of(2, 100, 0, RateDecay.COSINE).rate(50)).isCloseTo(1, within(1e-12));
    assertThat(schedule.rate(110)).isZero();
  }
}
