package org.amalgam.stages.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OverlapTest {
  /** Of four pixels 0 0 1 2, told 0 1 1 1: unions are 2, 3 and 1. */
  @Test
  void intersectionsOverUnionsAreCountedOverAllPixels() {
    Overlap overlap = new Overlap(4);
    int[] shown = {0, 0, 1, 2};
    int[] told = {0, 1, 1, 1};
    for (int i = 0; i < shown.length; i++) {
      overlap.add(shown[i], told[i]);
    }

    assertThat(overlap.of(0)).isEqualTo(0.5);
    assertThat(overlap.of(1)).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(overlap.of(2)).isZero();
    assertThat(overlap.mean()).isCloseTo((0.5 + 1 / 3.0) / 3, within(1e-12));
    assertThat(overlap.accuracy()).isEqualTo(0.5);
    assertThat(overlap.mostFrequent()).isEqualTo(0.5);
  }

  @Test
  void aClassThatNeitherIsNorWasToldDoesNotCount() {
    Overlap overlap = new Overlap(3);
    overlap.add(1, 1);

    assertThat(overlap.mean()).isEqualTo(1);
  }
}
