package org.amalgam.stages.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextBackOffTest {
  private static final int YES = 0;
  private static final int NO = 1;
  private static final int TWO = 2;

  /** What the baseline learned; it never looks at images, so there are none. */
  private static TextBackOff learned() {
    List<String> texts =
        List.of("is there a dog ?", "is there a cat ?", "is there a cat ?", "how many dogs ?");
    int[][] answers = {{YES}, {NO}, {NO, TWO}, {TWO}};
    float[][] scores = {{1}, {1}, {0.9f, 0.3f}, {1}};
    return new TextBackOff(texts, answers, scores);
  }

  @Test
  void aKnownQuestionGetsTheAnswerThatScoredBest() {
    assertThat(learned().predict("is there a dog ?")).isEqualTo(YES);
    assertThat(learned().predict("is there a cat ?")).isEqualTo(NO);
  }

  @Test
  void aNewQuestionGetsTheBestOfThoseThatBeginAlike() {
    assertThat(learned().predict("is there a car ?")).isEqualTo(NO);
    assertThat(learned().predict("how often ?")).isEqualTo(TWO);
    assertThat(learned().predict("where ?")).isEqualTo(NO);
  }
}
