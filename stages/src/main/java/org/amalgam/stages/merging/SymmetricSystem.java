package org.amalgam.stages.merging;

import java.util.Arrays;

/**
 * Systems of equations with a symmetric, positive definite matrix, in f64. Matrices are row-major;
 * right-hand sides are columns, taken 64 at a time so that a tile of them stays in the cache and
 * the one inner loop runs over neighbours in memory.
 */
final class SymmetricSystem {
  /** Right-hand sides in a tile. */
  static final int BLOCK = 64;

  private SymmetricSystem() {}

  /**
   * Adds some rows of {@code G W^T} to {@code sum}.
   *
   * @param g rows of G, each of n elements
   * @param first the row of G that is the first in {@code g}
   * @param rows number of rows
   * @param w m x n
   * @param sum n x m
   */
  static void addProduct(double[] g, int first, int rows, float[] w, double[] sum, int n, int m) {
    double[] tile = new double[n * BLOCK];
    double[] row = new double[BLOCK];
    for (int from = 0; from < m; from += BLOCK) {
      int width = Math.min(BLOCK, m - from);
      for (int o = 0; o < width; o++) {
        for (int i = 0; i < n; i++) {
          tile[i * BLOCK + o] = w[(from + o) * n + i];
        }
      }
      for (int j = 0; j < rows; j++) {
        combine(row, width, g, j * n, n, tile, 0, BLOCK);
        for (int o = 0; o < width; o++) {
          sum[(first + j) * m + from + o] += row[o];
        }
      }
    }
  }

  /**
   * Replaces {@code a} by its Cholesky factor: L with {@code A = L L^T} in the lower triangle, its
   * transpose in the upper.
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
    double[] row = new double[n];
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
        int count = i - to + 1;
        combine(row, count, a, i * n + from, to - from, panel, to, n);
        for (int j = 0; j < count; j++) {
          a[i * n + to + j] -= row[j];
        }
      }
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        a[j * n + i] = a[i * n + j];
      }
    }
    return -1;
  }

  /** Factors the block on the diagonal and what is below it; all left of it is done already. */
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
    double[] tile = new double[n * BLOCK];
    double[] row = new double[BLOCK];
    for (int from = 0; from < m; from += BLOCK) {
      int width = Math.min(BLOCK, m - from);
      for (int i = 0; i < n; i++) {
        System.arraycopy(b, i * m + from, tile, i * BLOCK, width);
      }
      for (int i = 0; i < n; i++) {
        combine(row, width, l, i * n, i, tile, 0, BLOCK);
        substitute(tile, i, row, l[i * n + i], width);
      }
      for (int i = n - 1; i >= 0; i--) {
        combine(row, width, l, i * n + i + 1, n - i - 1, tile, (i + 1) * BLOCK, BLOCK);
        substitute(tile, i, row, l[i * n + i], width);
      }
      for (int i = 0; i < n; i++) {
        System.arraycopy(tile, i * BLOCK, b, i * m + from, width);
      }
    }
  }

  private static void substitute(double[] tile, int i, double[] known, double pivot, int width) {
    for (int o = 0; o < width; o++) {
      tile[i * BLOCK + o] = (tile[i * BLOCK + o] - known[o]) / pivot;
    }
  }

  /**
   * Sets the first {@code width} elements of {@code sum} to a combination of rows: {@code sum_k
   * factors[first + k] * rows[start + k * stride ...]} for k below {@code count}. Four rows at a
   * time, which halves the traffic.
   */
  private static void combine(
      double[] sum,
      int width,
      double[] factors,
      int first,
      int count,
      double[] rows,
      int start,
      int stride) {
    Arrays.fill(sum, 0, width, 0);
    int k = 0;
    for (; k + 4 <= count; k += 4) {
      int at = start + k * stride;
      add4(sum, width, factors, first + k, rows, at, stride);
    }
    for (; k < count; k++) {
      double factor = factors[first + k];
      int at = start + k * stride;
      for (int o = 0; o < width; o++) {
        sum[o] += factor * rows[at + o];
      }
    }
  }

  private static void add4(
      double[] sum, int width, double[] factors, int first, double[] rows, int at, int stride) {
    double f0 = factors[first];
    double f1 = factors[first + 1];
    double f2 = factors[first + 2];
    double f3 = factors[first + 3];
    int at1 = at + stride;
    int at2 = at1 + stride;
    int at3 = at2 + stride;
    for (int o = 0; o < width; o++) {
      sum[o] += f0 * rows[at + o] + f1 * rows[at1 + o] + f2 * rows[at2 + o] + f3 * rows[at3 + o];
    }
  }
}
