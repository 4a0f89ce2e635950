package org.amalgam.stages.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CheckpointMomentsTest {
  private long now;

  private void pass(double seconds) {
    now += (long) (seconds * 1e9);
  }

  @Test
  void savingTakesAtMostOnePercentOfTheTime() {
    CheckpointMoments moments = new CheckpointMoments("auto", () -> now);
    double saving = 0;
    double all = 0;
    for (int step = 1; step < 20_000; step++) {
      pass(1);
      all += 1;
      if (moments.due(step)) {
        long began = now;
        pass(8);
        moments.saved(began);
        saving += 8;
      }
    }

    // The first one comes before anything is known of what it takes.
    assertThat(saving - 8).isPositive().isLessThanOrEqualTo(0.01 * all);
  }

  @Test
  void whereSavingIsQuickTwentySecondsAreLostAtMost() {
    CheckpointMoments moments = new CheckpointMoments("auto", () -> now);
    pass(19.9);
    assertThat(moments.due(1)).isFalse();
    pass(0.1);
    assertThat(moments.due(2)).isTrue();
    moments.saved(now);
    assertThat(moments.due(3)).isFalse();
    pass(20);
    assertThat(moments.due(4)).isTrue();
  }

  @Test
  void stepsAreCountedWhateverTheTime() {
    CheckpointMoments moments = new CheckpointMoments("200 steps", () -> now);

    assertThat(moments.due(199)).isFalse();
    assertThat(moments.due(200)).isTrue();
    moments.saved(now);
    assertThat(moments.due(400)).isTrue();
  }

  @Test
  void neverIsNever() {
    CheckpointMoments moments = new CheckpointMoments("never", () -> now);
    pass(1e6);

    assertThat(moments.due(1_000_000)).isFalse();
    assertThat(moments.never()).isTrue();
  }

  @Test
  void anythingElseIsRefusedBySayingWhatThereIs() {
    for (String wrong : new String[] {"200", "0 steps", "-1 steps", "often", ""}) {
      assertThatThrownBy(() -> CheckpointMoments.check(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("checkpoint-every must be auto, never or as in \"200 steps\"");
    }
  }
}
