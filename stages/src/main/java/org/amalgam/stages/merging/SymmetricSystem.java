package org.amalgam.stages.merging;

/**
 * Systems of equations with a symmetric, positive definite matrix, in f64. Matrices are row-major;
 * right-hand sides are columns, so that the inner loops run over neighbours in memory.
 */
final class SymmetricSystem {
  private static final int BLOCK = 64;

  private SymmetricSystem() {}

  /**
   * Adds {@code G W^T} to {@code sum}.
   *
   * @param g n x n, symmetric
   * @param w m x n
   * @param sum n x m
   */
  static void addProduct(double[] g, float[] w, double[] sum, int n, int m) {
    double[] tile = new double[n * BLOCK];
    double[] row = new double[BLOCK];
    for (int from = 0; from < m; from += BLOCK) {
      int width = Math.min(BLOCK, m - from);
      for (int i = 0; i < n; i++) {
        for (int o = 0; o < width; o++) {
          tile[i * BLOCK + o] = w[(from + o) * n + i];
        }
      }
      for (int j = 0; j < n; j++) {
        java.util.Arrays.fill(row, 0);
        for (int i = 0; i < n; i++) {
          addScaled(row, 0, g[j * n + i], tile, i * BLOCK, width);
        }
        addScaled(sum, j * m + from, 1, row, 0, width);
      }
    }
  }

  /**
   * Replaces the lower triangle of {@code a} by its Cholesky factor L with {@code A = L L^T}.
   *
   * @return -1, or the row whose pivot vanishes next to its diagonal element, if A is singular to
   *     f64 or holds NaN
   */
  static int factor(double[] a, int n) {
    double[] diagonal = new double[n];
    for (int i = 0; i < n; i++) {
      diagonal[i] = a[i * n + i];
    }
    double[] panel = new double[BLOCK * n];
    for (int from = 0; from < n; from += BLOCK) {
      int to = Math.min(n, from + BLOCK);
      int failed = factorColumns(a, n, from, to, diagonal);
      if (failed >= 0) {
        return failed;
      }
      for (int i = to; i < n; i++) {
        for (int k = from; k < to; k++) {
          panel[(k - from) * n + i] = a[i * n + k];
        }
      }
      for (int i = to; i < n; i++) {
        for (int k = from; k < to; k++) {
          addScaled(a, i * n + to, -a[i * n + k], panel, (k - from) * n + to, i - to + 1);
        }
      }
    }
    return -1;
  }

  /**
   * Factors the block on the diagonal and what is below it; the left of it is already taken off.
   */
  private static int factorColumns(double[] a, int n, int from, int to, double[] diagonal) {
    for (int i = from; i < n; i++) {
      for (int j = from; j < Math.min(i + 1, to); j++) {
        double rest = a[i * n + j];
        for (int k = from; k < j; k++) {
          rest -= a[i * n + k] * a[j * n + k];
        }
        if (j < i) {
          a[i * n + j] = rest / a[j * n + j];
        } else if (rest > n * Math.ulp(1.0) * diagonal[i] && rest < Double.POSITIVE_INFINITY) {
          a[i * n + i] = Math.sqrt(rest);
        } else {
          return i;
        }
      }
    }
    return -1;
  }

  /**
   * Replaces the n x m right-hand sides {@code b} by the solutions of {@code L L^T X = B}.
   *
   * @param l from {@link #factor}
   */
  static void solve(double[] l, double[] b, int n, int m) {
    for (int from = 0; from < m; from += BLOCK) {
      int width = Math.min(BLOCK, m - from);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < i; j++) {
          addScaled(b, i * m + from, -l[i * n + j], b, j * m + from, width);
        }
        divide(b, i * m + from, l[i * n + i], width);
      }
      for (int i = n - 1; i >= 0; i--) {
        divide(b, i * m + from, l[i * n + i], width);
        for (int j = 0; j < i; j++) {
          addScaled(b, j * m + from, -l[i * n + j], b, i * m + from, width);
        }
      }
    }
  }

  private static void addScaled(
      double[] to, int at, double factor, double[] from, int start, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] += factor * from[start + i];
    }
  }

  private static void divide(double[] values, int at, double by, int count) {
    for (int i = 0; i < count; i++) {
      values[at + i] /= by;
    }
  }
}
