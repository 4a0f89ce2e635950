package org.amalgam.stages.distance;

import org.amalgam.stages.tensor.MagnitudeRank;

/**
 * What one reading of two tensors tells: the sums of all positions, of TSSD those whose magnitudes
 * lie outside the ranges that hold the borders, and a list of the others.
 */
final class PairReading {
  private final MagnitudeRange ofX;
  private final MagnitudeRange ofY;
  private final DistanceSum sum = new DistanceSum();
  private final UndecidedPairs undecided = new UndecidedPairs();
  private long aboveX;
  private long aboveY;

  PairReading(MagnitudeRange ofX, MagnitudeRange ofY) {
    this.ofX = ofX;
    this.ofY = ofY;
  }

  /** Goes on with the first {@code count} elements of both. */
  void add(float[] xs, float[] ys, int count) {
    // Local sums and whole numbers for truths, since this loop is most of what a distance takes: a
    // branch on whether a weight stays would be taken wrongly for half of them.
    int lowX = Math.max(1, ofX.low());
    int highX = ofX.high();
    int lowY = Math.max(1, ofY.low());
    int highY = ofY.high();
    double squaredDifference = 0;
    double dot = 0;
    double squaredX = 0;
    double squaredY = 0;
    int zeros = 0;
    double similarity = 0;
    int single = 0;
    int both = 0;
    double similarityOfBoth = 0;
    int moreX = 0;
    int moreY = 0;
    for (int i = 0; i < count; i++) {
      int bitsX = MagnitudeRank.bits(xs[i]);
      int bitsY = MagnitudeRank.bits(ys[i]);
      if ((bitsX | bitsY) == 0) {
        zeros++;
        continue;
      }
      double x = xs[i];
      double y = ys[i];
      squaredDifference += (x - y) * (x - y);
      dot += x * y;
      squaredX += x * x;
      squaredY += y * y;
      double softSign = DistanceSum.softSign(x, y);
      similarity += softSign;
      int staysX = highX - bitsX >>> 31;
      int staysY = highY - bitsY >>> 31;
      moreX += staysX;
      moreY += staysY;
      // Neither difference is negative: one branch, which is nearly never taken.
      boolean holdsX = (bitsX - lowX | highX - bitsX) >= 0;
      boolean holdsY = (bitsY - lowY | highY - bitsY) >= 0;
      if (holdsX || holdsY) {
        undecided.add(xs[i], holdsX, ys[i], holdsY);
        continue;
      }
      // Beside a zero every sign agrees.
      single += staysX ^ staysY;
      both += staysX & staysY;
      long mask = -(long) (staysX & staysY);
      similarityOfBoth += Double.longBitsToDouble(Double.doubleToRawLongBits(softSign) & mask);
    }
    aboveX += moreX;
    aboveY += moreY;
    sum.add(
        new DistanceSum(
            count,
            squaredDifference,
            dot,
            squaredX,
            squaredY,
            count - zeros,
            similarity,
            single + both,
            similarityOfBoth + single));
  }

  DistanceSum sum() {
    return sum;
  }

  UndecidedPairs undecided() {
    return undecided;
  }

  /** How many elements of x are greater than the range. */
  long aboveX() {
    return aboveX;
  }

  /** How many elements of y are greater than the range. */
  long aboveY() {
    return aboveY;
  }
}
