package org.amalgam.stages.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.common.primitives.Ints;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomStreamTest {
  /** Changing any of these changes every artifact that anybody has made. */
  @Test
  void theNumbersAreTheSameOnEveryMachine() {
    RandomStream stream = RandomStream.of(1, "golden", 2, 3);

    assertThat(new long[] {stream.nextLong(), stream.nextLong()})
        .containsExactly(-6868607608185001228L, 7776395062606227469L);
    assertThat(stream.nextInt(1000)).isEqualTo(746);
    assertThat(stream.nextDouble()).isEqualTo(0.6848402055813613);
    assertThat(stream.nextGaussian()).isEqualTo(1.0686914768819835);
    assertThat(stream.nextGaussian()).isEqualTo(0.6074673027364427);
    assertThat(RandomStream.of(7, "order").permutation(8)).containsExactly(1, 3, 6, 0, 7, 4, 2, 5);
  }

  @Test
  void everyPartOfTheKeyMatters() {
    long[] firsts = {
      RandomStream.of(1, "a", 1, 2).nextLong(),
      RandomStream.of(2, "a", 1, 2).nextLong(),
      RandomStream.of(1, "b", 1, 2).nextLong(),
      RandomStream.of(1, "a", 2, 1).nextLong(),
      RandomStream.of(1, "a", 1).nextLong(),
      RandomStream.of(1, "a").nextLong(),
      RandomStream.of(1, "", 'a', 1, 2).nextLong(),
      RandomStream.of(1, "a", 1, 2, 0).nextLong()
    };

    assertThat(Arrays.stream(firsts).distinct()).hasSize(firsts.length);
    assertThat(RandomStream.of(1, "a", 1, 2).nextLong()).isEqualTo(firsts[0]);
  }

  @Test
  void boundedNumbersAreUniform() {
    RandomStream stream = RandomStream.of(3, "uniform");
    int[] seen = new int[6];
    for (int i = 0; i < 60_000; i++) {
      seen[stream.nextInt(6)]++;
    }

    // Five standard deviations of a binomial count are 456.
    assertThat(Ints.asList(seen)).allSatisfy(count -> assertThat(count).isBetween(9_540, 10_460));
  }

  /** Three eighths of the 32-bit range: a remainder would favour the low two thirds by half. */
  @Test
  void aLargeBoundHasNoModuloBias() {
    RandomStream stream = RandomStream.of(3, "bias");
    int bound = 3 << 29;
    int low = 0;
    for (int i = 0; i < 30_000; i++) {
      if (stream.nextInt(bound) < bound / 3) {
        low++;
      }
    }

    assertThat(low).isBetween(9_590, 10_410);
  }

  @Test
  void gaussiansHaveTheMomentsOfTheNormal() {
    float[] values = new float[100_000];
    RandomStream.of(5, "moments").fillGaussian(values, 0.5);
    double mean = 0;
    double square = 0;
    int beyondOne = 0;
    for (float value : values) {
      mean += value / values.length;
      square += value * value / (double) values.length;
      beyondOne += Math.abs(value) > 0.5 ? 1 : 0;
    }

    assertThat(mean).isCloseTo(0, within(0.008));
    assertThat(square).isCloseTo(0.25, within(0.006));
    assertThat(beyondOne / 100_000.0).isCloseTo(0.3173, within(0.008));
  }

  @Test
  void truncatedGaussiansStayWithinTwoDeviations() {
    float[] values = new float[20_000];
    RandomStream.of(5, "truncated").fillTruncatedGaussian(values, 0.02);

    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isBetween(0.038, 0.04);
  }

  @Test
  void aPermutationHoldsEveryNumberOnceAndEveryPlaceIsAsLikely() {
    int[] firsts = new int[5];
    for (int i = 0; i < 10_000; i++) {
      int[] permutation = RandomStream.of(1, "permutation", i).permutation(5);
      assertThat(Arrays.stream(permutation).sorted()).containsExactly(0, 1, 2, 3, 4);
      firsts[permutation[0]]++;
    }

    assertThat(Ints.asList(firsts)).allSatisfy(count -> assertThat(count).isBetween(1_800, 2_200));
  }

  @Test
  void aBoundThatIsNotPositiveIsRefused() {
    assertThatThrownBy(() -> RandomStream.of(1, "bound").nextInt(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bound is 0");
  }

  @Test
  void probabilityZeroIsNeverAndOneIsAlways() {
    RandomStream stream = RandomStream.of(1, "coin");
    for (int i = 0; i < 1000; i++) {
      assertThat(stream.nextBoolean(0)).isFalse();
      assertThat(stream.nextBoolean(1)).isTrue();
    }
  }
}
