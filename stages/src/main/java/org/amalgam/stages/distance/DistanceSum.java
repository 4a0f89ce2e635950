package org.amalgam.stages.distance;

/** Adds up what the distances are made of, position by position. */
final class DistanceSum {
  private long elements;
  private double squaredDifference;
  private double dot;
  private double squaredX;
  private double squaredY;
  private long signed;
  private double similarity;
  private long kept;
  private double keptSimilarity;

  /** Adds a position; {@code keepX} and {@code keepY} tell what truncation leaves of it. */
  void add(double x, double y, boolean keepX, boolean keepY) {
    elements++;
    squaredDifference += (x - y) * (x - y);
    dot += x * y;
    squaredX += x * x;
    squaredY += y * y;
    if (x != 0 || y != 0) {
      signed++;
      similarity += softSign(x, y);
    }
    boolean staysX = keepX && x != 0;
    boolean staysY = keepY && y != 0;
    if (staysX || staysY) {
      kept++;
      // Beside a zero every sign agrees.
      keptSimilarity += staysX && staysY ? softSign(x, y) : 1;
    }
  }

  /** Adds what another has added up. */
  void add(DistanceSum other) {
    elements += other.elements;
    squaredDifference += other.squaredDifference;
    dot += other.dot;
    squaredX += other.squaredX;
    squaredY += other.squaredY;
    signed += other.signed;
    similarity += other.similarity;
    kept += other.kept;
    keptSimilarity += other.keptSimilarity;
  }

  /** Whether every element was a number and finite. */
  boolean isFinite() {
    return Double.isFinite(squaredX) && Double.isFinite(squaredY);
  }

  private static double softSign(double x, double y) {
    return Math.abs(x + y) / (Math.abs(x) + Math.abs(y));
  }

  Distances distances() {
    return new Distances(
        elements,
        Math.sqrt(squaredDifference),
        cosine(),
        dissimilarity(similarity, signed),
        dissimilarity(keptSimilarity, kept),
        kept);
  }

  private double cosine() {
    if (squaredX == 0 || squaredY == 0) {
      return squaredX == squaredY ? 0 : 1;
    }
    // The root of the product is exact for equal vectors, the product of the roots is not.
    return Math.max(0, 1 - dot / Math.sqrt(squaredX * squaredY));
  }

  private static double dissimilarity(double similarity, long count) {
    return count == 0 ? 0 : 1 - similarity / count;
  }
}
