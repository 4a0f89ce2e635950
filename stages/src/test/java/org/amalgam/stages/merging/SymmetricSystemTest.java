package org.amalgam.stages.merging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SymmetricSystemTest {
  /**
   * Sizes around the blocks of 64, 128 and 256, so that whole, partial and single blocks are seen.
   */
  @ParameterizedTest
  @CsvSource({"1,1", "5,3", "64,64", "65,130", "150,70", "333,270"})
  void theBlockedSolutionSatisfiesTheSystem(int n, int m) {
    SplittableRandom random = new SplittableRandom(n);
    double[] x = random.doubles((long) n * (n + 3), -1, 1).toArray();
    double[] a = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int k = 0; k < n + 3; k++) {
          a[i * n + j] += x[i * (n + 3) + k] * x[j * (n + 3) + k];
        }
        a[i * n + j] += i == j ? 0.5 : 0;
      }
    }
    float[] w = new float[m * n];
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) random.nextDouble();
    }
    // The right-hand side is A W^T, so the solution must be W^T.
    double[] b = new double[n * m];
    // In two parts, as a file is read.
    int half = n / 2;
    SymmetricSystem.addProduct(a, 0, half, w, b, n, m);
    double[] rest = java.util.Arrays.copyOfRange(a, half * n, n * n);
    SymmetricSystem.addProduct(rest, half, n - half, w, b, n, m);
    for (int row = 0; row < n; row += 7) {
      for (int column = 0; column < m; column++) {
        double naive = 0;
        for (int k = 0; k < n; k++) {
          naive += a[row * n + k] * w[column * n + k];
        }
        assertThat(b[row * m + column]).isCloseTo(naive, within(1e-10 * n));
      }
    }
    assertThat(SymmetricSystem.factor(a, n)).isEqualTo(-1);
    SymmetricSystem.solve(a, b, n, m);
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < m; column++) {
        assertThat(b[row * m + column]).isCloseTo(w[column * n + row], within(1e-9));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"3,1", "100,70", "130,64", "330,320"})
  void theFirstInputThatIsASumOfOthersIsNamed(int n, int dependent) {
    SplittableRandom random = new SplittableRandom(9);
    double[][] x = new double[2 * n][n];
    for (double[] row : x) {
      for (int j = 0; j < n; j++) {
        row[j] = random.nextDouble();
      }
      row[dependent] = row[0];
    }
    double[] a = new double[n * n];
    for (double[] row : x) {
      for (int i = 0; i < n * n; i++) {
        a[i] += row[i / n] * row[i % n];
      }
    }
    assertThat(SymmetricSystem.factor(a, n)).isEqualTo(dependent);
  }
}
