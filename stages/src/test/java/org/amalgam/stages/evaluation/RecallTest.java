package org.amalgam.stages.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RecallTest {
  @Test
  void theRankIsThatOfTheBestRightAnswer() {
    float[] scores = {0.1f, 0.9f, 0.5f, 0.7f};

    assertThat(Recall.rank(scores, i -> i == 1)).isEqualTo(1);
    assertThat(Recall.rank(scores, i -> i == 0 || i == 2)).isEqualTo(3);
    assertThat(Recall.rank(scores, i -> i == 0)).isEqualTo(4);
  }

  @Test
  void aModelThatSaysTheSameOfEverythingGainsNothing() {
    assertThat(Recall.rank(new float[] {1, 1, 1, 1}, i -> i == 0)).isEqualTo(4);
  }

  @Test
  void recallCountsRanksUpToK() {
    Recall.RecallAtK recall = Recall.of(new int[] {1, 2, 5, 10, 11});

    assertThat(recall.at1()).isEqualTo(20);
    assertThat(recall.at5()).isEqualTo(60);
    assertThat(recall.at10()).isEqualTo(80);
    assertThat(recall.mean()).isCloseTo(160.0 / 3, within(1e-9));
  }

  @Test
  void chanceIsKOfNWhereOneAnswerIsRight() {
    Recall.RecallAtK chance = Recall.chance(200, 1);

    assertThat(chance.at1()).isCloseTo(0.5, within(1e-9));
    assertThat(chance.at5()).isCloseTo(2.5, within(1e-9));
    assertThat(chance.at10()).isCloseTo(5, within(1e-9));
  }
}
