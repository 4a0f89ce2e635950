package org.amalgam.stages.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordBaselineTest {
  /** A baseline that could not find a bias would prove nothing. */
  @Test
  void aWordThatGivesTheAnswerAwayIsFound() {
    WordBaseline baseline =
        new WordBaseline(
            List.of("both show a dog", "no dog there", "both show a cat", "no cat there"),
            new int[] {1, 0, 1, 0},
            2);

    assertThat(baseline.predict("both show a car")).isEqualTo(1);
    assertThat(baseline.predict("no car there")).isZero();
  }

  @Test
  void balancedTextsTellNothing() {
    WordBaseline baseline =
        new WordBaseline(List.of("a dog", "a dog", "a cat", "a cat"), new int[] {1, 0, 1, 0}, 2);

    assertThat(baseline.predict("a dog")).isEqualTo(baseline.predict("a cat"));
  }
}
