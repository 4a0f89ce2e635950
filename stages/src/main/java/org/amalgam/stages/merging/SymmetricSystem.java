package org.amalgam.stages.merging;

import java.util.Arrays;

/**
 * Systems of equations with a symmetric, positive definite matrix, in f64. Matrices are row-major.
 * All that is cubic in their size happens in one loop over rows that are arrays of their own and
 * share an index, which is what the virtual machine makes vector instructions of; blocks of columns
 * and of rows keep what that loop reads again in the cache.
 */
final class SymmetricSystem {
  /** Columns of right-hand sides that are treated at once. */
  static final int WIDTH = 256;

  /** Columns that are eliminated at once, and unknowns that are solved for at once. */
  static final int BLOCK = 64;

  /** Rows of which a tile of that width fits the cache. */
  private static final int CACHED = 128;

  /** Elements in f32 of a line of the cache. */
  private static final int LINE = 16;

  private SymmetricSystem() {}

  /**
   * Elements that a system of n equations with {@code rows} rows at a time needs beside its own.
   */
  static long workspace(long n, long rows) {
    return (n + rows) * WIDTH;
  }

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
    double[][] tile = new double[n][Math.min(WIDTH, m)];
    double[][] product = new double[rows][Math.min(WIDTH, m)];
    for (int from = 0; from < m; from += WIDTH) {
      int width = Math.min(WIDTH, m - from);
      for (int left = 0; left < n; left += LINE) {
        int right = Math.min(n, left + LINE);
        for (int o = 0; o < width; o++) {
          for (int i = left; i < right; i++) {
            tile[i][o] = w[(from + o) * n + i];
          }
        }
      }
      combine(product, rows, width, g, 0, n, tile, 0, n);
      for (int j = 0; j < rows; j++) {
        for (int o = 0; o < width; o++) {
          sum[(first + j) * m + from + o] += product[j][o];
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
    double[][] panel = new double[Math.min(n, BLOCK)][n];
    double[] row = new double[n];
    for (int from = 0; from < n; from += BLOCK) {
      int to = Math.min(n, from + BLOCK);
      int failed = factorDiagonal(a, n, from, to, diagonal);
      if (failed >= 0) {
        return failed;
      }
      eliminate(a, n, from, to, panel, row);
      for (int left = to; left < n; left += WIDTH) {
        for (int i = left; i < n; i++) {
          int right = Math.min(i + 1, left + WIDTH);
          Arrays.fill(row, left, right, 0);
          add(row, left, right, a, i * n + from, to - from, panel, 0);
          for (int j = left; j < right; j++) {
            a[i * n + j] -= row[j];
          }
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

  /** Factors a block on the diagonal; all left of it is done already. */
  private static int factorDiagonal(double[] a, int n, int from, int to, double[] diagonal) {
    for (int i = from; i < to; i++) {
      for (int j = from; j <= i; j++) {
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
   * The factor's columns below a block on the diagonal, also transposed.
   *
   * @param panel to - from rows, of which only the elements from {@code to} on are used
   */
  private static void eliminate(
      double[] a, int n, int from, int to, double[][] panel, double[] row) {
    for (int i = to; i < n; i++) {
      for (int k = from; k < to; k++) {
        panel[k - from][i] = a[i * n + k];
      }
    }
    for (int j = from; j < to; j++) {
      Arrays.fill(row, to, n, 0);
      add(row, to, n, a, j * n + from, j - from, panel, 0);
      double[] column = panel[j - from];
      double pivot = a[j * n + j];
      for (int i = to; i < n; i++) {
        column[i] = (column[i] - row[i]) / pivot;
      }
    }
    for (int i = to; i < n; i++) {
      for (int k = from; k < to; k++) {
        a[i * n + k] = panel[k - from][i];
      }
    }
  }

  /**
   * Replaces the n x m right-hand sides {@code b} by the solutions of {@code L L^T X = B}.
   *
   * @param l from {@link #factor}
   */
  static void solve(double[] l, double[] b, int n, int m) {
    double[][] tile = new double[n][Math.min(WIDTH, m)];
    double[][] known = new double[BLOCK][Math.min(WIDTH, m)];
    for (int left = 0; left < m; left += WIDTH) {
      int width = Math.min(WIDTH, m - left);
      for (int i = 0; i < n; i++) {
        System.arraycopy(b, i * m + left, tile[i], 0, width);
      }
      for (int from = 0; from < n; from += BLOCK) {
        int to = Math.min(n, from + BLOCK);
        combine(known, to - from, width, l, from * n, n, tile, 0, from);
        for (int i = from; i < to; i++) {
          double[] sum = known[i - from];
          add(sum, 0, width, l, i * n + from, i - from, tile, from);
          substitute(tile[i], sum, l[i * n + i], width);
        }
      }
      for (int from = (n - 1) / BLOCK * BLOCK; from >= 0; from -= BLOCK) {
        int to = Math.min(n, from + BLOCK);
        combine(known, to - from, width, l, from * n + to, n, tile, to, n - to);
        for (int i = to - 1; i >= from; i--) {
          double[] sum = known[i - from];
          add(sum, 0, width, l, i * n + i + 1, to - i - 1, tile, i + 1);
          substitute(tile[i], sum, l[i * n + i], width);
        }
      }
      for (int i = 0; i < n; i++) {
        System.arraycopy(tile[i], 0, b, i * m + left, width);
      }
    }
  }

  private static void substitute(double[] unknown, double[] known, double pivot, int width) {
    for (int o = 0; o < width; o++) {
      unknown[o] = (unknown[o] - known[o]) / pivot;
    }
  }

  /**
   * Sets the first {@code width} elements of {@code sums[r]} to {@code sum_k factors[first + r *
   * stride + k] * rows[start + k]} for r below {@code number} and k below {@code count}.
   */
  private static void combine(
      double[][] sums,
      int number,
      int width,
      double[] factors,
      int first,
      int stride,
      double[][] rows,
      int start,
      int count) {
    for (int r = 0; r < number; r++) {
      Arrays.fill(sums[r], 0, width, 0);
    }
    for (int from = 0; from < count; from += CACHED) {
      int some = Math.min(CACHED, count - from);
      for (int r = 0; r < number; r++) {
        add(sums[r], 0, width, factors, first + r * stride + from, some, rows, start + from);
      }
    }
  }

  /**
   * Adds {@code sum_k factors[first + k] * rows[start + k]} for k below {@code count} to a part of
   * {@code sum}; four rows at a time, which halves the traffic.
   */
  private static void add(
      double[] sum,
      int from,
      int to,
      double[] factors,
      int first,
      int count,
      double[][] rows,
      int start) {
    int k = 0;
    for (; k + 4 <= count; k += 4) {
      int at = start + k;
      add4(sum, from, to, factors, first + k, rows[at], rows[at + 1], rows[at + 2], rows[at + 3]);
    }
    for (; k < count; k++) {
      double factor = factors[first + k];
      double[] row = rows[start + k];
      for (int o = from; o < to; o++) {
        sum[o] += factor * row[o];
      }
    }
  }

  private static void add4(
      double[] sum,
      int from,
      int to,
      double[] factors,
      int first,
      double[] a,
      double[] b,
      double[] c,
      double[] d) {
    double f = factors[first];
    double g = factors[first + 1];
    double h = factors[first + 2];
    double i = factors[first + 3];
    for (int o = from; o < to; o++) {
      sum[o] += f * a[o] + g * b[o] + h * c[o] + i * d[o];
    }
  }
}
