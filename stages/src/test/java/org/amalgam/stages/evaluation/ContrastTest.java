package org.amalgam.stages.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ContrastTest {
  @Test
  void featuresThatTellNothingHaveTheLogarithmOfTheBatch() {
    float[][] same = {{1, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 0}};

    assertThat(Contrast.of(same, same, 14)).isCloseTo(Math.log(5), within(1e-6));
  }

  /** Two pairs with cosines 1 on and 0 off the diagonal, at scale 2: ln(1 + e^-2). */
  @Test
  void theLossIsTheCrossEntropyOfBothWays() {
    float[][] features = {{1, 0}, {0, 1}};

    assertThat(Contrast.of(features, features, 2))
        .isCloseTo(Math.log(1 + Math.exp(-2)), within(1e-6));
  }
}
