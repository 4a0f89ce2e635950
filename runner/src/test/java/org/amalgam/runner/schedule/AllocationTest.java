package org.amalgam.runner.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.amalgam.pipelines.stage.Resources;
import org.amalgam.runner.executor.JobResult.Ending;
import org.amalgam.runner.executor.Share;
import org.junit.jupiter.api.Test;

class AllocationTest {
  private static final long GIB = 1L << 30;
  private static final Capacity MACHINE = new Capacity(8 * GIB, 4, List.of("3", "5"));

  @Test
  void whatOneHasNobodyElseGetsUntilItIsFree() {
    Allocation allocation = new Allocation(MACHINE, 4);
    Resources oneGpu = new Resources(1, 5 * GIB, 1);

    Allocation.Grant first = allocation.take(oneGpu);

    assertThat(first.share().gpus()).containsExactly("3");
    assertThat(first.share().enforced()).isTrue();
    assertThat(allocation.fits(oneGpu)).isFalse();
    assertThat(allocation.take(new Resources(1, 3 * GIB, 1)).share().gpus()).containsExactly("5");
    assertThat(allocation.fits(new Resources(1, 0, 1))).isFalse();
    assertThat(allocation.fits(new Resources(0, 0, 2))).isTrue();
    assertThat(allocation.fits(new Resources(0, 0, 3))).isFalse();
    allocation.free(first);
    assertThat(allocation.fits(oneGpu)).isTrue();
  }

  @Test
  void whoSaysNothingAboutMemoryGetsAnEqualPart() {
    Share share = new Allocation(MACHINE, 4).take(new Resources(0, 0, 1)).share();

    assertThat(share.memoryBytes()).isEqualTo(2 * GIB);
    assertThat(share.enforced()).isFalse();
  }

  @Test
  void moreThreadsThanTheMachineHasRunAlone() {
    Allocation allocation = new Allocation(MACHINE, 4);
    Resources many = new Resources(0, 0, 64);

    assertThat(allocation.fits(many)).isTrue();
    allocation.take(many);
    assertThat(allocation.fits(new Resources(0, 0, 1))).isFalse();
  }

  @Test
  void slotsAreTheLimitWhereNothingElseIs() {
    Allocation allocation = new Allocation(MACHINE, 1);
    Allocation.Grant only = allocation.take(new Resources(0, 0, 1));

    assertThat(allocation.fits(new Resources(0, 0, 1))).isFalse();
    allocation.free(only);
    assertThat(allocation.hasSlot()).isTrue();
  }

  @Test
  void pausesDoubleUpToAMinuteAndMemoryUpToTheMachine() {
    Retries retries = new Retries(MACHINE, true, Duration.ofSeconds(1));
    Resources little = new Resources(0, 0, 1);
    Share share = new Share(5 * GIB, false, List.of());

    assertThat(next(retries, Ending.INFRASTRUCTURE, 1, little, share).pause())
        .isEqualTo(Duration.ofSeconds(1));
    assertThat(next(retries, Ending.INFRASTRUCTURE, 4, little, share).pause())
        .isEqualTo(Duration.ofSeconds(8));
    assertThat(next(retries, Ending.INFRASTRUCTURE, 99, little, share).pause())
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(next(retries, Ending.RESOURCE, 1, little, share).resources().memoryBytes())
        .isEqualTo(8 * GIB);
    Share all = new Share(8 * GIB, true, List.of());
    assertThat(retries.after(Ending.RESOURCE, 1, 100, little, all)).isEmpty();
    assertThat(retries.after(Ending.INFRASTRUCTURE, 3, 2, little, share)).isEmpty();
    assertThat(retries.after(Ending.BUG, 1, 100, little, share)).isEmpty();
    assertThat(retries.after(Ending.USER, 1, 100, little, share)).isEmpty();
    assertThat(new Retries(MACHINE, false, Duration.ofSeconds(1)))
        .extracting(shared -> shared.after(Ending.RESOURCE, 1, 100, little, share))
        .isEqualTo(Optional.empty());
  }

  private static Retries.Next next(
      Retries retries, Ending ending, int attempt, Resources had, Share share) {
    return retries.after(ending, attempt, 100, had, share).orElseThrow();
  }
}
