package org.amalgam.stages.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearAssignmentTest {
  private static double total(float[] gain, int n, int[] columnOf) {
    double total = 0;
    for (int row = 0; row < n; row++) {
      total += gain[row * n + columnOf[row]];
    }
    return total;
  }

  private static double best(float[] gain, int n, int row, boolean[] taken) {
    if (row == n) {
      return 0;
    }
    double best = Double.NEGATIVE_INFINITY;
    for (int column = 0; column < n; column++) {
      if (!taken[column]) {
        taken[column] = true;
        best = Math.max(best, gain[row * n + column] + best(gain, n, row + 1, taken));
        taken[column] = false;
      }
    }
    return best;
  }

  @Test
  void noOtherAssignmentGainsMore() {
    Random random = new Random(1);
    for (int round = 0; round < 300; round++) {
      int n = 1 + round % 7;
      float[] gain = new float[n * n];
      for (int i = 0; i < gain.length; i++) {
        // Many ties in every second round.
        gain[i] = round % 2 == 0 ? (float) random.nextGaussian() : random.nextInt(4) - 1;
      }
      int[] found = LinearAssignment.greatest(gain, n);
      assertThat(Arrays.stream(found).sorted().toArray())
          .isEqualTo(Arrays.stream(found).sorted().distinct().toArray())
          .hasSize(n);
      assertThat(total(gain, n, found))
          .as("round %d", round)
          .isCloseTo(best(gain, n, 0, new boolean[n]), within(1e-5));
    }
  }

  @Test
  void rowsThatAllWantTheSameColumnAreSortedOut() {
    int n = 60;
    float[] gain = new float[n * n];
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < n; column++) {
        gain[row * n + column] = row * (n - column); // sorted orders pair large with large
      }
    }
    int[] found = LinearAssignment.greatest(gain, n);
    double expected = 0;
    for (int row = 0; row < n; row++) {
      expected += row * (row + 1.0);
    }
    assertThat(total(gain, n, found)).isEqualTo(expected);
  }

  @Test
  void productsAreThoseOfAllPairs() {
    Random random = new Random(2);
    int n = 261;
    int length = 9;
    UnitFeatures one = random(random, n, length);
    UnitFeatures other = random(random, n, length);
    float[] products = one.products(other);
    for (int i = 0; i < n; i += 13) {
      for (int j = 0; j < n; j++) {
        double expected = 0;
        for (int k = 0; k < length; k++) {
          expected += (double) one.rows()[i * length + k] * other.rows()[j * length + k];
        }
        assertThat((double) products[i * n + j]).isCloseTo(expected, within(1e-5));
      }
    }
  }

  private static UnitFeatures random(Random random, int n, int length) {
    float[] rows = new float[n * length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) random.nextGaussian();
    }
    return new UnitFeatures(rows, n, length);
  }
}
