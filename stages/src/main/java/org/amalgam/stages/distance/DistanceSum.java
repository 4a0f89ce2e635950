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

  /** Nothing yet. */
  DistanceSum() {}

  DistanceSum(
      long elements,
      double squaredDifference,
      double dot,
      double squaredX,
      double squaredY,
      long signed,
      double similarity,
      long kept,
      double keptSimilarity) {
    this.elements = elements;
    this.squaredDifference = squaredDifference;
    this.dot = dot;
    this.squaredX = squaredX;
    this.squaredY = squaredY;
    this.signed = signed;
    this.similarity = similarity;
    this.kept = kept;
    this.keptSimilarity = keptSimilarity;
  }

  /**
   * Adds a position to all but TSSD.
   *
   * @return {@link #softSign}
   */
  double add(double x, double y) {
    elements++;
    double difference = x - y;
    squaredDifference += difference * difference;
    dot += x * y;
    squaredX += x * x;
    squaredY += y * y;
    double softSign = softSign(x, y);
    if (x != 0 || y != 0) {
      signed++;
      similarity += softSign;
    }
    return softSign;
  }

  /** How far two agree in sign, from 0 to 1; not a number for two zeros, which have none. */
  static double softSign(double x, double y) {
    return Math.abs(x + y) / (Math.abs(x) + Math.abs(y));
  }

  /**
   * Adds a position to TSSD.
   *
   * @param softSign how far the two agree in sign
   * @param staysX whether truncation leaves x, and it is not zero
   * @param staysY whether truncation leaves y, and it is not zero
   */
  void addKept(double softSign, boolean staysX, boolean staysY) {
    // Beside a zero every sign agrees. No branch: half of the weights would take the wrong one.
    double part = staysX & staysY ? softSign : 1;
    boolean stays = staysX | staysY;
    kept += stays ? 1 : 0;
    keptSimilarity += stays ? part : 0;
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
