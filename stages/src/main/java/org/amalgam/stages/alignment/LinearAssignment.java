package org.amalgam.stages.alignment;

import java.util.Arrays;

/**
 * The linear assignment problem on a dense matrix: shortest augmenting paths with dual prices (Kuhn
 * 1955; Jonker and Volgenant 1987), begun with every row that finds its best column free. Exact, at
 * most O(n^3); O(n^2) where rows agree on different best columns. The matrix is one array, since a
 * hidden layer of 3072 units has 9.4 million pairs.
 */
final class LinearAssignment {
  private static final int FREE = -1;

  private final float[] gain;
  private final int n;
  private final double[] rowPrice;
  private final double[] columnPrice;
  private final int[] rowOf;

  private LinearAssignment(float[] gain, int n) {
    this.gain = gain;
    this.n = n;
    this.rowPrice = new double[n];
    this.columnPrice = new double[n];
    this.rowOf = new int[n];
    Arrays.fill(rowOf, FREE);
  }

  /**
   * The assignment of greatest total gain.
   *
   * @param gain n x n, row-major, finite
   * @return to each row its column; every column once
   */
  static int[] greatest(float[] gain, int n) {
    LinearAssignment problem = new LinearAssignment(gain, n);
    for (int row : problem.rowsLeftByGreed()) {
      problem.augment(row);
    }
    int[] columnOf = new int[n];
    for (int column = 0; column < n; column++) {
      columnOf[problem.rowOf[column]] = column;
    }
    return columnOf;
  }

  private double cost(int row, int column) {
    return -gain[row * n + column] - rowPrice[row] - columnPrice[column];
  }

  /** Prices each row by its best column and assigns it there if nobody has it. */
  private int[] rowsLeftByGreed() {
    int[] left = new int[n];
    int count = 0;
    for (int row = 0; row < n; row++) {
      int best = 0;
      for (int column = 1; column < n; column++) {
        if (gain[row * n + column] > gain[row * n + best]) {
          best = column;
        }
      }
      rowPrice[row] = -gain[row * n + best];
      if (rowOf[best] == FREE) {
        rowOf[best] = row;
      } else {
        left[count++] = row;
      }
    }
    return Arrays.copyOf(left, count);
  }

  /** Finds the cheapest way from a row to a free column and moves all rows on it along. */
  private void augment(int start) {
    double[] distance = new double[n];
    int[] from = new int[n];
    boolean[] reached = new boolean[n];
    int[] order = new int[n];
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
    int row = start;
    int via = FREE;
    double shortest = 0;
    int count = 0;
    int end = FREE;
    while (end == FREE) {
      int nearest = FREE;
      double least = Double.POSITIVE_INFINITY;
      for (int column = 0; column < n; column++) {
        if (reached[column]) {
          continue;
        }
        double there = shortest + cost(row, column);
        if (there < distance[column]) {
          distance[column] = there;
          from[column] = via;
        }
        if (distance[column] < least || distance[column] == least && rowOf[column] == FREE) {
          least = distance[column];
          nearest = column;
        }
      }
      reached[nearest] = true;
      order[count++] = nearest;
      shortest = least;
      via = nearest;
      if (rowOf[nearest] == FREE) {
        end = nearest;
      } else {
        row = rowOf[nearest];
      }
    }
    rowPrice[start] += shortest;
    for (int i = 0; i < count - 1; i++) {
      int column = order[i];
      rowPrice[rowOf[column]] += shortest - distance[column];
      columnPrice[column] -= shortest - distance[column];
    }
    for (int column = end; column != FREE; ) {
      int before = from[column];
      rowOf[column] = before == FREE ? start : rowOf[before];
      column = before;
    }
  }
}
