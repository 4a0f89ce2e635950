package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.amalgam.stages.tensor.RandomStream;
import org.junit.jupiter.api.Test;

class NegativesTest {
  @Test
  void aRowIsDrawnInProportionToItsWeightAndNeverWithWeightZero() {
    double[] weights = {0, 1, 3, 0};
    int[] drawn = new int[4];
    for (int i = 0; i < 40_000; i++) {
      drawn[Negatives.draw(weights, 0, RandomStream.of(7, "test", i))]++;
    }

    assertThat(drawn[0]).isZero();
    assertThat(drawn[3]).isZero();
    assertThat(drawn[1] / 40_000.0).isCloseTo(0.25, within(0.01));
  }

  @Test
  void whereEverythingMatchesAnyOtherRowIsTaken() {
    for (int i = 0; i < 100; i++) {
      int drawn = Negatives.draw(new double[3], 1, RandomStream.of(7, "test", i));
      assertThat(drawn).isNotEqualTo(1).isBetween(0, 2);
    }
  }
}
